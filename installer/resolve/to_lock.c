/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/locale_cmp.h"
#include "installer/lockfile/lock_path.h"
#include "installer/resolve/ideal.h"
#include "installer/resolve/to_lock_v1.h"
#include "installer/resolve/tree.h"

#include <stdlib.h>

static struct pb_str keep(struct pb_arena *arena, struct pb_str s)
{
    return s.n ? pb_arena_str(arena, s) : (struct pb_str){0};
}

static struct pl_strs keep_strs(struct pb_arena *arena, const struct pl_strs *from)
{
    struct pl_strs to = {PB_ARENA_ARRAY(arena, struct pb_str, from->n), from->n};
    for (size_t i = 0; i < from->n; i++)
        to.items[i] = keep(arena, from->items[i]);
    return to;
}

static struct pl_deps keep_deps(struct pb_arena *arena, const struct pl_deps *from,
                                const struct pl_deps *without)
{
    /* npm tells an empty list from none. */
    struct pl_deps to = {from->items ? PB_ARENA_ARRAY(arena, struct pl_dep, from->n) : NULL, 0};
    for (size_t i = 0; i < from->n; i++) {
        bool left_out = false;
        for (size_t j = 0; without && j < without->n && !left_out; j++)
            left_out = pb_str_eq(from->items[i].name, without->items[j].name);
        if (left_out) continue;
        to.items[to.n++] = (struct pl_dep){keep(arena, from->items[i].name),
                                           pb_arena_str(arena, from->items[i].spec)};
    }
    return to;
}

/* What a lock records of a package. Dependencies that are optional too are listed only there. */
static void record(struct pb_arena *arena, const struct pl_manifest *m, bool is_top,
                   struct pl_manifest *to)
{
    *to = (struct pl_manifest){
        .name = keep(arena, m->name),
        .version = keep(arena, m->version),
        .dependencies = keep_deps(arena, &m->dependencies, &m->optional_dependencies),
        .optional_dependencies = keep_deps(arena, &m->optional_dependencies, NULL),
        .peer_dependencies = keep_deps(arena, &m->peer_dependencies, NULL),
        .peer_optional = keep_strs(arena, &m->peer_optional),
        .bundled = keep_strs(arena, &m->bundled),
        .os = keep_strs(arena, &m->os),
        .cpu = keep_strs(arena, &m->cpu),
        .libc = keep_strs(arena, &m->libc),
        .workspaces = keep_strs(arena, &m->workspaces),
        .workspaces_json = keep(arena, m->workspaces_json),
        .bin = keep_deps(arena, &m->bin, NULL),
        .has_install_script = m->has_install_script,
        .has_shrinkwrap = m->has_shrinkwrap,
        .deprecated = keep(arena, m->deprecated),
        .engines_json = keep(arena, m->engines_json),
        .funding_json = keep(arena, m->funding_json),
        .license_json = keep(arena, m->license_json),
        .peer_meta_json = keep(arena, m->peer_meta_json),
        .accept_dependencies_json = keep(arena, m->accept_dependencies_json),
        .unpacked_bytes = m->unpacked_bytes,
        .file_count = m->file_count,
    };
    if (is_top) to->dev_dependencies = keep_deps(arena, &m->dev_dependencies, NULL);
}

/* All who depend on it ask a registry for it. */
static bool is_from_registry(const struct pl_node *node)
{
    for (uint32_t i = 0; i < node->n_edges_in; i++) {
        const struct pl_source *source = node->edges_in[i]->raw->source;
        if (!source || source->is_direct) return false;
    }
    return node->n_edges_in > 0;
}

static void fill_entry(struct pl_resolver *r, struct pb_arena *arena, struct pl_node *node,
                       struct pl_lock_entry *e)
{
    const struct pl_package *pkg = node->pkg;
    e->path = pb_arena_str(arena, node == r->root ? PB_LIT("") : node->location);
    e->name = keep(arena, pkg->m->name);
    if (e->name.n == 0) e->name = pl_lock_path_name(e->path);
    if (node->is_link) {
        e->link = true;
        e->resolved = keep(arena, node->target->location);
        return;
    }
    record(arena, pkg->m, node->is_top, &e->manifest);
    /* What a lock did not have is not looked for: npm reads the full metadata of new packages only.
     */
    if (pkg->locked && !e->manifest.license_json.p) e->manifest.license_json = PB_LIT("");
    e->integrity = keep(arena, pkg->integrity);
    if (!r->options.omit_registry_resolved || !is_from_registry(node))
        e->resolved = keep(arena, pkg->resolved);
    e->in_bundle = pl_node_in_bundle(r, node);
    e->extraneous = node->extraneous;
    if (node->extraneous) return;
    e->peer = node->peer;
    e->dev = node->dev;
    e->optional = node->optional;
    e->dev_optional = node->dev_optional && !node->dev && !node->optional;
}

static bool is_missing(const struct pl_node *node)
{
    return node->inert && node->pkg->m->version.n == 0;
}

static bool is_recorded(const struct pl_resolver *r, const struct pl_node *node)
{
    bool is_plain_folder = node->fs_parent == r->root && node->folder && !node->is_link;
    return !(node->extraneous && is_plain_folder);
}

static int by_path(const void *a, const void *b)
{
    return pl_locale_cmp((*(struct pl_node *const *)a)->location,
                         (*(struct pl_node *const *)b)->location);
}

/* A project without a name is called what its folder is. */
static struct pb_str project_name(const struct pl_resolver *r)
{
    if (r->root_manifest->name.n) return r->root_manifest->name;
    struct pb_str dir = pb_str(r->options.root_dir ? r->options.root_dir : "");
    while (dir.n && dir.p[dir.n - 1] == '/')
        dir.n--;
    return pl_lock_path_name(dir);
}

static void fill_entries(struct pl_resolver *r, struct pl_lock *out)
{
    struct pl_node_list nodes = pl_tree_nodes(r);
    qsort(nodes.items, nodes.n, sizeof *nodes.items, by_path);
    bool has_v1 = out->lockfile_version < 3;
    out->entries = PB_ARENA_ARRAY(&out->arena, struct pl_lock_entry, nodes.n);
    out->missing = PB_ARENA_ARRAY(&out->arena, struct pl_lock_entry, nodes.n);
    for (uint32_t i = 0; i < nodes.n; i++) {
        struct pl_node *node = nodes.items[i];
        bool missing = is_missing(node);
        if (!is_recorded(r, node) || (missing && !has_v1)) continue;
        struct pl_lock_entry *e =
            missing ? &out->missing[out->n_missing++] : &out->entries[out->n++];
        fill_entry(r, &out->arena, node, e);
        if (has_v1) e->v1 = pl_node_to_lock_v1(r, &out->arena, node, e);
    }
}

int pl_tree_to_lock(struct pl_resolver *r, struct pl_lock *out, struct pb_err *err)
{
    int version = r->options.lockfile_version ? r->options.lockfile_version : PL_LOCK_VERSION;
    *out = (struct pl_lock){.lockfile_version = version,
                            .requires = true,
                            .final_newline = true,
                            .has_crlf = r->options.has_crlf};
    if (r->state != PL_RESOLVE_DONE)
        return pb_err_set(err, PB_E_INTERNAL, "no lock: dependencies are not resolved yet");
    memcpy(out->indent, "  ", 3);
    if (r->old) memcpy(out->indent, r->old->indent, sizeof out->indent);
    if (r->options.indent)
        pl_lock_indent_of(pb_str(pb_arena_printf(&out->arena, "{\n%s\"", r->options.indent)),
                          out->indent);
    fill_entries(r, out);
    out->name = keep(&out->arena, project_name(r));
    /* npm leaves the version that a lock has when package.json has none. */
    bool has_version = r->root_manifest->version.n > 0 || !r->old;
    out->version = keep(&out->arena, has_version ? r->root_manifest->version : r->old->version);
    return 0;
}
