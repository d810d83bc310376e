/* SPDX-License-Identifier: MIT */
/* Version 1 names what was asked for instead of what is there: one of the dependents' specs. */
#include "installer/resolve/to_lock_v1.h"

#include "installer/lockfile/locale_cmp.h"
#include "installer/resolve/edge.h"
#include "installer/resolve/tree.h"

/* The path from one folder of the project to a place in it; both without "." parts. Empty with
 * *is_known false when it would have to name a folder that the project is in. */
static struct pb_str path_between(struct pb_arena *arena, struct pb_str from, struct pb_str to,
                                  bool *is_known)
{
    size_t same = 0;
    for (size_t i = 0; i <= from.n && i <= to.n; i++) {
        bool from_ends = i == from.n || from.p[i] == '/', to_ends = i == to.n || to.p[i] == '/';
        if (from_ends && to_ends) same = i;
        if (from_ends != to_ends || (i < from.n && i < to.n && from.p[i] != to.p[i])) break;
    }
    struct pb_str up = pb_str_skip(from, same), down = pb_str_skip(to, same), part;
    const char *path = "";
    *is_known = true;
    while (pb_str_split(&up, '/', &part)) {
        if (part.n == 0) continue;
        if (pb_str_is(part, "..")) *is_known = false;
        path = pb_arena_printf(arena, "%s%s..", path, path[0] ? "/" : "");
    }
    while (down.n && down.p[0] == '/')
        down = pb_str_skip(down, 1);
    if (down.n == 0) return pb_str(path);
    return pb_str(pb_arena_printf(arena, "%s%s" PB_FMT, path, path[0] ? "/" : "", PB_ARG(down)));
}

/* A local path is told from the folder of whoever asks. */
static struct pb_str told_spec(struct pl_resolver *r, struct pb_arena *arena,
                               const struct pl_edge *e)
{
    const struct pl_want *want = pl_edge_want(r, e);
    struct pb_str raw = pb_arena_str(arena, want->raw);
    bool is_local = want->kind == PL_SPEC_FILE || want->kind == PL_SPEC_DIRECTORY, is_known;
    if (!is_local || (want->fetch.n && want->fetch.p[0] == '/')) return raw;
    struct pb_str place = pl_local_path(r, want, pl_edge_base(r, e, want));
    struct pb_str path = path_between(arena, e->from->location, place, &is_known);
    return is_known ? pb_str(pb_arena_printf(arena, "file:" PB_FMT, PB_ARG(path))) : raw;
}

static struct pl_deps requires_of(struct pl_resolver *r, struct pb_arena *arena,
                                  struct pl_node *node)
{
    struct pl_deps list = {PB_ARENA_ARRAY(arena, struct pl_dep, node->edges_out.n), 0};
    PL_EACH_OUT(node, e)
    {
        if (pl_edge_is_peer(e)) continue;
        struct pb_str raw = pl_edge_want(r, e)->raw;
        list.items[list.n++] = (struct pl_dep){
            pb_arena_str(arena, e->name->text),
            pb_str_starts(raw, "file:") ? told_spec(r, arena, e) : pb_arena_str(arena, raw)};
    }
    return list;
}

static struct pb_str after_last_modules(struct pb_str location, size_t *count)
{
    static const char folder[] = "node_modules";
    *count = 0;
    for (ptrdiff_t at; (at = pb_str_search(location, PB_LIT("node_modules"))) >= 0; (*count)++)
        location = pb_str_skip(location, (size_t)at + sizeof folder - 1);
    return location;
}

static int dependent_cmp(const struct pl_edge *a, const struct pl_edge *b)
{
    size_t depth_a, depth_b;
    struct pb_str tail_a = after_last_modules(a->from->location, &depth_a);
    struct pb_str tail_b = after_last_modules(b->from->location, &depth_b);
    if (depth_a != depth_b) return depth_a < depth_b ? -1 : 1;
    return pl_locale_cmp(tail_a, tail_b);
}

/* The dependent that counts: content with the node, in the fewest node_modules, first by name. */
static struct pl_edge *asking_edge(struct pl_resolver *r, const struct pl_node *node)
{
    struct pl_edge *first = NULL;
    for (uint32_t i = 0; i < node->n_edges_in; i++) {
        struct pl_edge *e = node->edges_in[i];
        if (!pl_node_is_live(r, e->from) || !pl_edge_is_valid(r, e)) continue;
        if (!first || dependent_cmp(e, first) < 0) first = e;
    }
    return first;
}

static bool is_git(struct pb_str resolved)
{
    return pb_str_starts(resolved, "git+") || pb_str_starts(resolved, "git:");
}

static bool is_aliased(const struct pl_node *node)
{
    return node->pkg->name && node->pkg->name != node->name;
}

static void tell_version(struct pl_resolver *r, struct pb_arena *arena, const struct pl_node *node,
                         const struct pl_edge *asking, struct pl_lock_v1 *out)
{
    struct pb_str resolved = node->pkg->resolved;
    const struct pl_want *want = asking ? pl_edge_want(r, asking) : NULL;
    bool is_file = want ? want->kind == PL_SPEC_FILE : pb_str_starts(resolved, "file:");
    bool is_remote = want ? want->kind == PL_SPEC_REMOTE : pb_str_starts(resolved, "http");
    bool is_repository = is_git(resolved) || (want && want->kind == PL_SPEC_GIT);
    if (is_file || is_remote) {
        struct pb_str told = !want ? resolved : is_file ? told_spec(r, arena, asking) : want->raw;
        out->version = pb_arena_str(arena, told);
    } else if (is_repository) {
        out->version = pb_arena_str(arena, resolved);
        struct pb_str name = node->name->text;
        out->from =
            want
                ? pb_str(pb_arena_printf(arena, PB_FMT "@" PB_FMT, PB_ARG(name), PB_ARG(want->raw)))
                : out->version;
    } else if (is_aliased(node)) {
        out->version =
            pb_str(pb_arena_printf(arena, "npm:" PB_FMT "@" PB_FMT, PB_ARG(node->pkg->m->name),
                                   PB_ARG(node->pkg->m->version)));
    } else {
        out->version = pb_arena_str(arena, node->pkg->m->version);
    }
    bool is_from_registry = want ? want->kind == PL_SPEC_RANGE || want->kind == PL_SPEC_VERSION ||
                                       want->kind == PL_SPEC_TAG
                                 : false;
    out->has_resolved = is_from_registry && pb_str_starts(resolved, "http");
}

const struct pl_lock_v1 *pl_node_to_lock_v1(struct pl_resolver *r, struct pb_arena *arena,
                                            struct pl_node *node, const struct pl_lock_entry *e)
{
    struct pl_lock_v1 *out = PB_ARENA_NEW(arena, struct pl_lock_v1);
    struct pl_node *depender = node->is_link ? node->target : node;
    out->extraneous = node->extraneous;
    out->bundled = pl_node_in_dep_bundle(r, node);
    out->has_requires = depender->edges_out.n > 0 && node != r->root;
    if (out->has_requires) out->requires = requires_of(r, arena, depender);
    if (node->is_link)
        out->version = pb_str(pb_arena_printf(arena, "file:" PB_FMT, PB_ARG(e->resolved)));
    else
        tell_version(r, arena, node, asking_edge(r, node), out);
    return out;
}
