/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/lock_path.h"
#include "installer/resolve/folders.h"
#include "installer/resolve/ideal.h"
#include "installer/resolve/speculate.h"
#include "installer/resolve/tree.h"

/* The node a place hangs below: the nearest place above it that has a node. */
static struct pl_node *nearest(struct pl_resolver *r, const struct pb_map *nodes,
                               struct pb_str path, bool *is_child)
{
    struct pb_str name = pl_lock_path_name(path), above = path;
    for (;;) {
        ptrdiff_t slash = pb_str_rfind(above, '/');
        if (slash < 0) break;
        above.n = (size_t)slash;
        struct pl_node *node = pb_map_get(nodes, above);
        if (!node) continue;
        size_t rest = path.n - above.n;
        *is_child = rest == name.n + sizeof "/node_modules/" - 1 &&
                    memcmp(path.p + above.n, "/node_modules/", sizeof "/node_modules/" - 1) == 0;
        return node;
    }
    *is_child =
        path.n == name.n + sizeof "node_modules/" - 1 && pb_str_starts(path, "node_modules/");
    return r->root;
}

/* Where the metadata is that a version 1 lock does not have; NULL: nowhere. npm has none
 * for what is in the node_modules of workspaces and other folders, nor for aliases (it asks for a
 * package called as the alias is). */
static struct pl_want *metadata_want(struct pl_resolver *r, const struct pl_lock_entry *e)
{
    if (!pb_str_starts(e->path, "node_modules/")) return NULL;
    if (!pb_str_eq(e->name, pl_lock_path_name(e->path))) return NULL;
    bool is_local = pb_str_starts(e->resolved, "file:");
    struct pb_str spec = e->manifest.version.n && !is_local ? e->manifest.version : e->resolved;
    if (spec.n == 0) return NULL;
    struct pl_want *want = pl_want_get(r, pl_name_intern(&r->names, e->name), spec);
    if (want->kind == PL_SPEC_FILE && !want->source)
        want->source = pl_source_of_file(r, pb_str_skip(e->resolved, strlen("file:")));
    return want->source ? want : NULL;
}

/* Version 1 has no bins, engines, platforms and kinds of dependencies: as npm does, they are asked
 * for once. NULL: not here (yet). */
static const struct pl_package *find_metadata(struct pl_resolver *r, const struct pl_lock_entry *e)
{
    struct pl_want *want = r->old->lockfile_version < 2 ? metadata_want(r, e) : NULL;
    if (!want) return NULL;
    if (want->source->is_fed) return pl_want_pick(r, want);
    pl_speculate_ask(r, want->source);
    r->has_missed = true;
    return NULL;
}

static struct pl_package *locked_package(struct pl_resolver *r, const struct pl_lock_entry *e)
{
    const struct pl_package *found = find_metadata(r, e);
    struct pl_package *pkg = pl_package_new(r, found ? found->m : &e->manifest);
    pkg->resolved = found && found->is_direct ? found->resolved : e->resolved;
    pkg->integrity = e->integrity;
    pkg->locked = e;
    return pkg;
}

static void take_flags(struct pl_node *node, const struct pl_lock_entry *e)
{
    node->is_locked = true;
    node->in_bundle = e->in_bundle;
    node->extraneous = e->extraneous;
    node->dev = e->dev;
    node->optional = e->optional;
    node->dev_optional = e->dev_optional || e->dev || e->optional;
    node->peer = e->peer;
}

static struct pl_node *add_package(struct pl_resolver *r, struct pb_map *nodes,
                                   const struct pl_lock_entry *e)
{
    bool is_child;
    struct pl_node *parent = nearest(r, nodes, e->path, &is_child);
    struct pl_name *name = pl_name_intern(&r->names, pl_lock_path_name(e->path));
    struct pl_node *node = pl_node_new(r, name, locked_package(r, e), !is_child, NULL);
    take_flags(node, e);
    if (is_child)
        pl_node_attach(r, parent, node);
    else
        pl_node_attach_folder(r, parent, node, e->path);
    return node;
}

/* A folder is what its package.json says now; the lock's record serves when it was not given. */
static struct pl_node *add_folder(struct pl_resolver *r, struct pb_map *nodes,
                                  const struct pl_lock_entry *e)
{
    struct pl_folder *folder = pl_folder_add(r, e->path, &e->manifest, false);
    struct pl_node *node = pl_folder_node(r, folder);
    bool is_child;
    struct pl_node *parent = nearest(r, nodes, e->path, &is_child);
    take_flags(node, e);
    pl_node_attach_folder(r, parent, node, e->path);
    return node;
}

static bool is_folder(struct pb_str path)
{
    bool has_modules =
        pb_str_starts(path, "node_modules/") || pb_str_search(path, PB_LIT("/node_modules/")) >= 0;
    return !has_modules || pl_lock_path_package(path).n > 0;
}

static int add_link(struct pl_resolver *r, struct pb_map *nodes, const struct pl_lock_entry *e,
                    struct pb_err *err)
{
    struct pl_node *target = pb_map_get(nodes, e->resolved);
    if (!target)
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "cannot use the lockfile: the link " PB_FMT " leads to " PB_FMT
                          ", which it does not list: remove the lockfile and install again",
                          PB_ARG(e->path), PB_ARG(e->resolved));
    bool is_child;
    struct pl_node *parent = nearest(r, nodes, e->path, &is_child);
    if (!is_child) return 0;
    struct pl_name *name = pl_name_intern(&r->names, pl_lock_path_name(e->path));
    struct pl_node *link = pl_link_new(r, name, target);
    link->is_locked = true;
    link->dev = target->dev;
    link->optional = target->optional;
    link->dev_optional = target->dev_optional;
    link->peer = target->peer;
    link->extraneous = target->extraneous;
    pl_node_attach(r, parent, link);
    return 0;
}

/* Old lockfiles mark what was bundled, not who bundles it. */
static int add_entries(struct pl_resolver *r, struct pb_map *nodes, struct pb_err *err)
{
    const struct pl_lock *old = r->old;
    for (size_t i = 1; i < old->n; i++) {
        const struct pl_lock_entry *e = &old->entries[i];
        if (e->link) continue;
        struct pl_node *node =
            is_folder(e->path) ? add_folder(r, nodes, e) : add_package(r, nodes, e);
        pb_map_put(nodes, e->path, node);
    }
    for (size_t i = 1; i < old->n; i++)
        if (old->entries[i].link && add_link(r, nodes, &old->entries[i], err)) return -1;
    return 0;
}

int pl_tree_from_lock(struct pl_resolver *r, struct pb_err *err)
{
    struct pb_map nodes = PB_MAP_INIT;
    int rc = add_entries(r, &nodes, err);
    pb_map_release(&nodes);
    if (rc) return -1;
    /* package.json may have changed since: the recorded reasons are not trusted. */
    pl_flags_reset(r);
    pl_flags_calculate(r);
    return 0;
}
