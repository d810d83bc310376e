/* SPDX-License-Identifier: MIT */
#include "installer/resolve/load_peers.h"

#include "installer/lockfile/locale_cmp.h"
#include "installer/lockfile/lock_path.h"
#include "installer/resolve/edge.h"
#include "installer/resolve/explain.h"
#include "installer/resolve/folders.h"
#include "installer/resolve/speculate.h"
#include "installer/resolve/tree.h"

#include <stdlib.h>

enum { LOAD_DEPTH_MAX = 2000 };

struct pl_node *pl_virtual_root(struct pl_resolver *r, struct pl_node *node, bool reuse)
{
    if (!reuse || !node->virtual_root) node->virtual_root = pl_virtual_root_new(r, node);
    return node->virtual_root;
}

static struct pl_node *unsupported(struct pl_resolver *r, const struct pl_edge *e,
                                   const struct pl_want *want, const char *why)
{
    struct pb_err *err = PB_ARENA_NEW(&r->tree_arena, struct pb_err);
    (void)pb_err_set(err, PB_E_UNSUPPORTED, "cannot resolve " PB_FMT "@" PB_FMT ": %s",
                     PB_ARG(e->name->text), PB_ARG(want->raw), why);
    return pl_failure_new(r, e->name, err);
}

/* A folder that the asking package brings along: nothing is known of it before it is unpacked. */
static bool is_inside_package(const struct pl_edge *e, struct pb_str path)
{
    struct pb_str package = pl_lock_path_package(path);
    return package.n > 0 && pb_str_eq(package, e->from->location);
}

static struct pl_node *link_to_folder(struct pl_resolver *r, const struct pl_edge *e,
                                      const struct pl_want *want)
{
    static const struct pl_manifest unknown;
    struct pb_str path = pl_local_path(r, want, pl_edge_base(r, e, want));
    struct pl_folder *folder = path.n ? pl_folder_find(r, path) : NULL;
    if (!folder && is_inside_package(e, path)) folder = pl_folder_add(r, path, &unknown, false);
    if (!folder)
        return unsupported(r, e, want,
                           "the folder is not inside the project or has no "
                           "package.json");
    return pl_link_new(r, e->name, pl_folder_node(r, folder));
}

/* A workspace of that name goes before the registry when it satisfies. */
static struct pl_node *workspace_for(struct pl_resolver *r, const struct pl_edge *e)
{
    struct pl_edge *own = pl_name_map_get(&r->root->edges_out, e->name);
    if (!own || own->type != PL_WORKSPACE || !own->to || !own->to->is_link) return NULL;
    if (!pl_edge_satisfied_by(r, e, own->to)) return NULL;
    return pl_link_new(r, e->name, own->to->target);
}

/* A node for a spec, not in any tree yet. */
static struct pl_node *load_want(struct pl_resolver *r, const struct pl_edge *e,
                                 struct pl_want *want)
{
    if (want->malformed) return pl_failure_new(r, e->name, want->failure);
    struct pl_source *source = pl_edge_source(r, e, want);
    if (want->kind == PL_SPEC_DIRECTORY && !source) return link_to_folder(r, e, want);
    struct pl_node *workspace = workspace_for(r, e);
    if (workspace) return workspace;
    if (!source) return unsupported(r, e, want, "it is no tarball inside the project's reach");
    if (!source->is_fed) {
        r->has_missed = true;
        pl_speculate_ask(r, source);
    }
    bool is_own = source == want->source;
    const struct pl_package *picked = is_own ? pl_want_pick(r, want) : source->package;
    if (!picked) return pl_failure_new(r, e->name, is_own ? want->failure : source->failure);
    /* Packages are shared between nodes; nodes do not change them. */
    return pl_node_new(r, e->name, (struct pl_package *)picked, false, NULL);
}

static int edge_by_name(const void *a, const void *b)
{
    return pl_locale_cmp((*(struct pl_edge *const *)a)->name->text,
                         (*(struct pl_edge *const *)b)->name->text);
}

static bool is_mine(const struct pl_resolver *r, const struct pl_node *virtual_root)
{
    const struct pl_node *source = virtual_root->source;
    return source && (pl_node_is_project_root(source) || pl_node_is_workspace(r, source));
}

/* Nothing is there for this peer of `node`. False: the conflict is fatal. */
static bool load_missing_peer(struct pl_resolver *r, struct pl_node *node, struct pl_edge *edge,
                              struct pl_edge *parent_edge, bool conflict_ok)
{
    if (!parent_edge) {
        (void)pl_load_edge(r, edge, node->parent, NULL);
        return true;
    }
    /* The asking package has a say about this name too: prefer what satisfies both. */
    struct pl_node *dep = pl_load_edge(r, parent_edge, node->parent, edge);
    if (pb_err_is_set(&r->err) || pl_edge_is_valid(r, edge)) return true;
    if (conflict_ok || dep->required_stamp != r->required_stamp) {
        edge->peer_conflicted = true;
        return true;
    }
    if (!node->parent) return true;
    pl_explain_peer_conflict(r, edge, parent_edge);
    return false;
}

/* Something else is there: replace it if all are content with what this peer edge wants. */
static bool settle_peer(struct pl_resolver *r, struct pl_node *node, struct pl_edge *edge,
                        struct pl_edge *parent_edge, bool conflict_ok)
{
    struct pl_node *current = edge->to;
    struct pl_node *dep = pl_load_edge(r, edge, NULL, NULL);
    if (pb_err_is_set(&r->err) || !node->parent) return false;
    if (current && pl_node_can_be_replaced(r, current, dep, NULL)) {
        (void)pl_load_edge(r, edge, node->parent, NULL);
        return true;
    }
    if (conflict_ok || edge->from->required_stamp != r->required_stamp) return true;
    pl_explain_peer_conflict(r, edge, parent_edge);
    return false;
}

static void load_peer_set(struct pl_resolver *r, struct pl_node *node)
{
    struct pl_edge **edges =
        PB_ARENA_ARRAY(&r->tree_arena, struct pl_edge *, node->edges_out.n + 1);
    size_t n = 0;
    PL_EACH_OUT(node, e)
    {
        if (pl_edge_is_peer(e) && !(e->to && pl_edge_is_valid(r, e))) edges[n++] = e;
    }
    if (n > 1) qsort(edges, n, sizeof(struct pl_edge *), edge_by_name);
    for (size_t i = 0; i < n; i++) {
        struct pl_edge *edge = edges[i];
        /* A compatible peer may have taken this node's place meanwhile. */
        if (!node->parent || r->has_missed || pb_err_is_set(&r->err)) return;
        if (edge->to && pl_edge_is_valid(r, edge)) continue;
        struct pl_edge *parent_edge = pl_node_edge(r, node->parent, edge->name);
        bool conflict_ok =
            r->options.force || (!is_mine(r, node->parent) && !r->options.strict_peer_deps);
        bool go_on = edge->to ? settle_peer(r, node, edge, parent_edge, conflict_ok)
                              : load_missing_peer(r, node, edge, parent_edge, conflict_ok);
        if (!go_on) return;
    }
}

struct pl_node *pl_load_edge(struct pl_resolver *r, struct pl_edge *edge, struct pl_node *parent,
                             struct pl_edge *second)
{
    if (!parent) parent = pl_virtual_root(r, edge->from, false);
    struct pl_node *node = load_want(r, edge, pl_edge_want(r, edge));
    pl_node_attach(r, parent, node);
    if (second && !pl_edge_is_valid(r, second)) {
        struct pl_node *other = load_want(r, second, pl_edge_want(r, second));
        pl_node_attach(r, parent, other);
        if (pl_edge_is_valid(r, edge))
            node = other;
        else
            pl_node_attach(r, parent, node);
    }
    bool edge_required =
        edge->from->required_stamp == r->required_stamp && edge->type != PL_PEER_OPTIONAL;
    bool second_required = second && second->from->required_stamp == r->required_stamp &&
                           second->type != PL_PEER_OPTIONAL;
    if (edge_required || second_required) node->required_stamp = r->required_stamp;
    if (r->load_depth >= LOAD_DEPTH_MAX) {
        (void)pb_err_set(&r->err, PB_E_LIMIT,
                         "cannot resolve " PB_FMT ": its peer dependencies nest too deeply",
                         PB_ARG(edge->name->text));
        return node;
    }
    r->load_depth++;
    load_peer_set(r, node);
    r->load_depth--;
    return node;
}
