/* SPDX-License-Identifier: MIT */
#include "installer/resolve/place.h"

#include "installer/lockfile/locale_cmp.h"
#include "installer/resolve/dep_sets.h"
#include "installer/resolve/edge.h"
#include "installer/resolve/explain.h"
#include "installer/resolve/tree.h"

#include <stdlib.h>

/* Peers that keep replacing each other (npm runs out of stack then). */
enum { PEER_DEPTH_MAX = 1000 };

static bool is_ours(const struct pl_resolver *r, const struct pl_node *node)
{
    return pl_node_is_project_root(node) || pl_node_is_workspace(r, node);
}

bool pl_place_is_mine(struct pl_resolver *r, const struct pl_place *p)
{
    struct pl_edge *edge = p->top->edge;
    struct pl_node *from = edge->from;
    if (is_ours(r, from)) return true;
    if (!pl_edge_is_peer(edge)) return false;
    bool has_peer_edges = false;
    for (uint32_t i = 0; i < from->n_edges_in; i++) {
        if (pl_edge_is_peer(from->edges_in[i]))
            has_peer_edges = true;
        else if (is_ours(r, from->edges_in[i]->from))
            return true;
    }
    if (!has_peer_edges) return false;
    struct pl_peer_entries entries = pl_peer_entry_sets(r, from);
    for (size_t i = 0; i < entries.n; i++)
        if (is_ours(r, entries.items[i].edge->from)) return true;
    return false;
}

static struct pl_node *start_node(struct pl_resolver *r, const struct pl_place *p)
{
    struct pl_node *from = p->parent ? start_node(r, p->parent) : p->edge->from;
    return pl_deepest_target(r, from, p->edge->name);
}

static void remove_all(struct pl_resolver *r, const struct pl_node_list *list)
{
    for (uint32_t i = 0; i < list->n; i++)
        pl_node_detach(r, list->items[i]);
}

static int by_location(const void *a, const void *b)
{
    return pl_locale_cmp((*(struct pl_node *const *)a)->location,
                         (*(struct pl_node *const *)b)->location);
}

static void prune_needless(struct pl_resolver *r, const struct pl_place *p, struct pl_node *node,
                           bool descend);

static void prune_children(struct pl_resolver *r, const struct pl_place *p, struct pl_node *node)
{
    struct pl_node_list kids = {0};
    for (uint32_t i = 0; i < node->children.n; i++)
        pl_node_list_add(&r->tree_arena, &kids, node->children.slots[i].value);
    if (kids.n) qsort(kids.items, kids.n, sizeof *kids.items, by_location);
    for (uint32_t i = 0; i < kids.n; i++)
        prune_needless(r, p, kids.items[i], true);
}

/* Removes the node (with what only it needs) when one further up serves as well; else looks below.
 */
static void prune_needless(struct pl_resolver *r, const struct pl_place *p, struct pl_node *node,
                           bool descend)
{
    if (pl_node_can_dedupe(r, node, r->options.prefer_dedupe, p->is_explicit)) {
        struct pl_node_list set = pl_gather(r, &node, 1, pl_valid_not_to, node);
        remove_all(r, &set);
        return;
    }
    if (!descend) return;
    prune_children(r, p, node);
    struct pl_node_list folders = {0};
    for (uint32_t i = 0; i < node->fs_children.n; i++)
        pl_node_list_add(&r->tree_arena, &folders, node->fs_children.items[i]);
    if (folders.n) qsort(folders.items, folders.n, sizeof *folders.items, by_location);
    for (uint32_t i = 0; i < folders.n; i++)
        prune_children(r, p, folders.items[i]);
}

static void add_list(struct pl_resolver *r, struct pl_node_list *to,
                     const struct pl_node_list *from)
{
    for (uint32_t i = 0; i < from->n; i++)
        pl_node_list_add(&r->tree_arena, to, from->items[i]);
}

/* What the old dependency needed and the new one does not ask for. */
static struct pl_node_list old_needs(struct pl_resolver *r, struct pl_node *old,
                                     struct pl_node *placed)
{
    struct pl_node_list needs = {0};
    PL_EACH_OUT(old, e)
    {
        if (!e->to || pl_node_edge(r, placed, e->name)) continue;
        struct pl_node_list set = pl_gather(r, &e->to, 1, pl_not_to, e->to);
        add_list(r, &needs, &set);
    }
    return needs;
}

/* Peer sets at this level that the new dependency does not satisfy: those that can go deeper are
 * removed and placed again, for the others there is a warning. */
static struct pl_node_list unhappy_peer_sets(struct pl_resolver *r, struct pl_place *p,
                                             struct pl_node *old, struct pl_node *target)
{
    struct pl_node_list prune = {0};
    for (uint32_t i = 0; i < old->n_edges_in; i++) {
        struct pl_edge *e = old->edges_in[i];
        if (!pl_edge_is_peer(e) || e->from->parent != target || e->peer_conflicted ||
            pl_edge_satisfied_by(r, e, p->placed))
            continue;
        struct pl_peer_entries entries = pl_peer_entry_sets(r, e->from);
        for (size_t j = 0; j < entries.n; j++) {
            struct pl_edge *entry = entries.items[j].edge;
            struct pl_node *node = entry->to;
            if (pl_deepest_target(r, node, node->name) == target || is_ours(r, entry->from)) {
                pl_explain_override(r, e, p->dep);
                continue;
            }
            struct pl_node_list set = pl_gather(r, &node, 1, pl_unconflicted_not_to, node);
            add_list(r, &prune, &set);
        }
    }
    return prune;
}

static void prune_for_replacement(struct pl_resolver *r, struct pl_node *placed,
                                  const struct pl_node_list *needs)
{
    struct pl_node_list unneeded = {0};
    PL_EACH_OUT(placed, e)
    {
        if (e->to && !pl_edge_is_valid(r, e)) pl_node_list_add(&r->tree_arena, &unneeded, e->to);
    }
    for (uint32_t i = 0; i < needs->n; i++) {
        struct pl_node *dep = needs->items[i];
        struct pl_node_list set = pl_gather(r, &dep, 1, pl_valid_not_to, dep);
        add_list(r, &unneeded, &set);
    }
    struct pl_node_list gone =
        pl_gather(r, unneeded.items, unneeded.n, pl_valid_apart_from, placed);
    remove_all(r, &gone);
}

static void replace_old(struct pl_resolver *r, struct pl_place *p, struct pl_node *old)
{
    struct pl_node *target = old->parent;
    struct pl_node_list needs = old_needs(r, old, p->placed);
    struct pl_node_list peers = unhappy_peer_sets(r, p, old, target);
    pl_node_replace(r, p->placed, old);
    prune_for_replacement(r, p->placed, &needs);
    for (uint32_t i = 0; i < peers.n; i++) {
        struct pl_node *dep = peers.items[i];
        for (uint32_t j = 0; j < dep->n_edges_in; j++)
            pl_node_list_add(&r->tree_arena, &p->need_evaluation, dep->edges_in[j]->from);
        pl_node_detach(r, dep);
    }
}

/* Looks for a place from the deepest upwards, until the first conflict. */
static void find_target(struct pl_resolver *r, struct pl_place *p)
{
    const struct pl_can_place *parent = p->parent ? p->parent->can : NULL;
    for (struct pl_node *at = start_node(r, p); at; at = pl_node_above(at)) {
        const struct pl_edge *e = pl_node_edge(r, at, p->edge->name);
        if (!at->is_top && e && pl_edge_is_peer(e)) continue;
        struct pl_can_place *can =
            pl_can_place_check(r, p->dep, at, p->edge, parent, p->is_explicit);
        if (can->can_self != PL_CONFLICT) p->can_self = can;
        if (can->can == PL_CONFLICT) return;
        p->can = can;
        if (p->dep->failure) return;
    }
}

static struct pl_node *copy_of(struct pl_resolver *r, const struct pl_node *dep)
{
    if (dep->failure) return pl_failure_new(r, dep->name, dep->failure);
    if (dep->is_link) return pl_link_new(r, dep->name, dep->target);
    return pl_node_new(r, dep->name, dep->pkg, false, dep->overrides);
}

/* Loops that would nest for ever (a1 -> b1 -> a2 -> b2 -> a1) end in a link to the first one. */
static bool place_loop_link(struct pl_resolver *r, struct pl_place *p, struct pl_node *target)
{
    for (struct pl_node *at = target; at; at = pl_node_above(at)) {
        if (at->is_top || !pl_node_matches(at, p->dep)) continue;
        p->placed = pl_link_new(r, at->name, at);
        pl_node_attach(r, target, p->placed);
        return true;
    }
    return false;
}

/* A new node further up can make others below the target needless. */
static void prune_duplicates(struct pl_resolver *r, struct pl_place *p, struct pl_node *target)
{
    struct pl_node_list same = {0};
    for (struct pl_node *node = p->edge->name->first; node; node = node->next_same)
        pl_node_list_add(&r->tree_arena, &same, node);
    for (uint32_t i = 0; i < same.n; i++) {
        struct pl_node *node = same.items[i];
        if (node->is_top || !pl_node_is_below(node, target)) continue;
        prune_needless(r, p, node, false);
        if (!pl_node_is_live(r, node)) continue;
        struct pl_node_list kids = {0};
        for (uint32_t j = 0; j < node->children.n; j++)
            pl_node_list_add(&r->tree_arena, &kids, node->children.slots[j].value);
        for (uint32_t j = 0; j < kids.n; j++)
            prune_needless(r, p, kids.items[j], false);
    }
}

static void add_child(struct pl_resolver *r, struct pl_place *p, struct pl_place *child)
{
    if (p->n_children == p->children_cap) {
        size_t cap = p->children_cap ? p->children_cap * 2 : 4;
        struct pl_place **grown = PB_ARENA_ARRAY(&r->tree_arena, struct pl_place *, cap);
        if (p->n_children) memcpy(grown, p->children, p->n_children * sizeof *grown);
        p->children = grown;
        p->children_cap = cap;
    }
    p->children[p->n_children++] = child;
}

/* Peers come from the virtual tree; one that is not there is optional and unmet. */
static void place_peers(struct pl_resolver *r, struct pl_place *p, struct pl_node *virtual_root)
{
    PL_EACH_OUT(p->placed, e)
    {
        if (!pl_edge_is_peer(e) || e->peer_conflicted || pl_edge_is_valid(r, e)) continue;
        struct pl_node *peer = pl_node_child(virtual_root, e->name);
        if (!peer || !pl_edge_satisfied_by(r, e, peer)) continue;
        add_child(r, p, pl_place_dep(r, peer, e, p, p->is_explicit));
        if (pb_err_is_set(&r->err)) return;
    }
}

static void put(struct pl_resolver *r, struct pl_place *p, struct pl_node *target)
{
    struct pl_node *virtual_root = p->dep->parent;
    p->placed = copy_of(r, p->dep);
    struct pl_node *old = pl_node_child(target, p->edge->name);
    if (old)
        replace_old(r, p, old);
    else
        pl_node_attach(r, target, p->placed);

    if (pl_edge_is_peer(p->edge) && !pl_edge_satisfied_by(r, p->edge, p->placed))
        pl_explain_override(r, p->edge, p->dep);
    /* The edge was fine before, so this is an update: what it led to may be needless now. */
    if (p->edge->to && p->edge->to != p->placed && pl_edge_is_valid(r, p->edge))
        prune_needless(r, p, p->edge->to, false);
    prune_duplicates(r, p, target);
    if (virtual_root) place_peers(r, p, virtual_root);
}

static void place(struct pl_resolver *r, struct pl_place *p)
{
    find_target(r, p);
    if (!p->can) {
        if (!r->options.force && (r->options.strict_peer_deps || pl_place_is_mine(r, p))) {
            pl_explain_failure(r, p);
            return;
        }
        if (!p->can_self) {
            pl_explain_override(r, p->edge, p->dep);
            return;
        }
        p->can = p->can_self;
    }
    struct pl_node *target = p->can->target;
    enum pl_can kind = p->can->can == PL_CONFLICT ? p->can->can_self : p->can->can;
    if (kind == PL_KEEP) {
        if (pl_edge_is_peer(p->edge) && !pl_edge_is_valid(r, p->edge))
            pl_explain_override(r, p->edge, p->dep);
        prune_needless(r, p, target, true);
        return;
    }
    if (!place_loop_link(r, p, target)) put(r, p, target);
}

static bool is_to_be_updated(const struct pl_resolver *r, const struct pl_name *name)
{
    for (size_t i = 0; i < r->options.update.n; i++)
        if (pb_str_eq(r->options.update.items[i], name->text)) return true;
    return false;
}

struct pl_place *pl_place_dep(struct pl_resolver *r, struct pl_node *dep, struct pl_edge *edge,
                              struct pl_place *parent, bool is_explicit)
{
    struct pl_place *p = PB_ARENA_NEW(&r->tree_arena, struct pl_place);
    *p = (struct pl_place){.dep = dep,
                           .edge = edge,
                           .parent = parent,
                           .is_explicit = is_explicit,
                           .current = edge->to};
    p->top = parent ? parent->top : p;
    p->depth = parent ? parent->depth + 1 : 0;
    if (p->depth > PEER_DEPTH_MAX) {
        (void)pb_err_set(&r->err, PB_E_LIMIT,
                         "cannot resolve dependencies: peers of " PB_FMT
                         " replace each other without end: look for peer dependencies in "
                         "conflicting versions",
                         PB_ARG(p->top->edge->name->text));
        return p;
    }
    bool fine = edge->to && pl_edge_is_valid(r, edge);
    if (!fine || is_explicit || is_to_be_updated(r, edge->name)) place(r, p);
    return p;
}
