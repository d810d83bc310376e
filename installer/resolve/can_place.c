/* SPDX-License-Identifier: MIT */
#include "installer/resolve/dep_sets.h"
#include "installer/resolve/edge.h"
#include "installer/resolve/place.h"
#include "installer/resolve/tree.h"

/* Checks of one placement beyond which answers for the same edge and target are reused: in densely
 * linked peer sets the number of paths grows with the factorial. */
enum { CHECKS_WITHOUT_MEMO = 2000 };

static struct pl_can_place *check(struct pl_resolver *r, struct pl_can_place *c);

static const struct pl_edge *entry_edge(const struct pl_can_place *c)
{
    while (c->parent)
        c = c->parent;
    return c->edge;
}

static struct pl_node *deepest(struct pl_resolver *r, const struct pl_can_place *c)
{
    struct pl_node *start = c->parent ? deepest(r, c->parent) : c->edge->from;
    return pl_deepest_target(r, start, c->edge->name);
}

static bool is_on_path(const struct pl_can_place *c, const struct pl_node *dep)
{
    for (; c; c = c->path)
        if (c->dep == dep) return true;
    return false;
}

static enum pl_can check_peer(struct pl_resolver *r, struct pl_can_place *c, struct pl_edge *peer)
{
    uint32_t stamp = r->check_stamp;
    struct pl_node *target = pl_deepest_target(r, c->target, peer->name);
    bool use_memo = r->check_count > CHECKS_WITHOUT_MEMO;
    if (use_memo && peer->check_stamp == stamp && peer->check_target == target)
        return (enum pl_can)peer->check_result;
    struct pl_can_place *child = PB_ARENA_NEW(&r->tree_arena, struct pl_can_place);
    *child = (struct pl_can_place){.dep = peer->to,
                                   .target = target,
                                   .edge = peer,
                                   .parent = c,
                                   .path = c,
                                   .prefer_dedupe = true};
    if (c->n_children == c->children_cap) {
        size_t cap = c->children_cap ? c->children_cap * 2 : 4;
        struct pl_can_place **grown = PB_ARENA_ARRAY(&r->tree_arena, struct pl_can_place *, cap);
        if (c->n_children) memcpy(grown, c->children, c->n_children * sizeof *grown);
        c->children = grown;
        c->children_cap = cap;
    }
    c->children[c->n_children++] = check(r, child);
    peer->check_stamp = stamp;
    peer->check_target = target;
    peer->check_result = (int)child->can;
    return child->can;
}

/* The state, or CONFLICT when a peer cannot come along. */
static enum pl_can with_peers(struct pl_resolver *r, struct pl_can_place *c, enum pl_can state)
{
    c->can_self = state;
    if (c->peers_memo) return c->peers_memo;
    bool conflict = false;
    PL_EACH_OUT(c->dep, e)
    {
        if (!pl_edge_is_peer(e) || !e->to || is_on_path(c, e->to)) continue;
        if (check_peer(r, c, e) == PL_CONFLICT) conflict = true;
    }
    c->peers_memo = conflict ? PL_CONFLICT : state;
    return c->peers_memo;
}

/* What the new peer set has under a name. A dependency that a compatible peer took the place of
 * has no set around it any more. */
static struct pl_node *beside(const struct pl_can_place *c, const struct pl_name *name)
{
    return c->dep->parent ? pl_node_child(c->dep->parent, name) : NULL;
}

/* Whether the new peer set can stand in for all that the entry's present one holds together. */
static bool can_clobber(struct pl_resolver *r, struct pl_can_place *c, struct pl_node *entry)
{
    struct pl_node_list walk = {0};
    pl_node_list_add(&r->tree_arena, &walk, entry);
    for (uint32_t i = 0; i < walk.n; i++) {
        PL_EACH_OUT(walk.items[i], e)
        {
            if (!pl_edge_is_peer(e) || !pl_edge_is_valid(r, e)) continue;
            struct pl_node *with = beside(c, e->name);
            if (with && !pl_edge_satisfied_by(r, e, with)) return false;
            if (!with && e->to && !pl_node_list_has(&walk, e->to))
                pl_node_list_add(&r->tree_arena, &walk, e->to);
        }
    }
    return true;
}

/* Whether every member of the present peer set could go deeper than the target. */
static bool can_nest(struct pl_resolver *r, struct pl_can_place *c, struct pl_peer_entry *entry)
{
    for (uint32_t i = 0; i < entry->peers.n; i++) {
        struct pl_node *deep = pl_deepest_target(r, entry->edge->from, entry->peers.items[i]->name);
        if (deep == c->target || pl_node_is_below(c->target, deep)) return false;
    }
    return true;
}

/* What is at the target is part of peer sets: each must be replaceable as a whole or go deeper. */
static enum pl_can check_peer_sets(struct pl_resolver *r, struct pl_can_place *c)
{
    struct pl_peer_entries entries = pl_peer_entry_sets(r, c->current);
    for (size_t i = 0; i < entries.n; i++) {
        struct pl_peer_entry *entry = &entries.items[i];
        if (entry->edge == c->edge || entry->edge == entry_edge(c)) continue;
        struct pl_node *present = entry->edge->to;
        struct pl_node *with = beside(c, present->name);
        if (with ? pl_node_can_be_replaced(r, present, with, &c->dep->parent->children)
                 : can_clobber(r, c, present))
            continue;
        if (!can_nest(r, c, entry)) return PL_CONFLICT;
    }
    return with_peers(r, c, PL_REPLACE);
}

static bool is_newer_or_same(const struct pl_node *a, const struct pl_node *b)
{
    return a->pkg->has_version && b->pkg->has_version &&
           pl_version_cmp(&a->pkg->version, &b->pkg->version) >= 0;
}

static enum pl_can check_current(struct pl_resolver *r, struct pl_can_place *c)
{
    struct pl_node *current = c->current;
    if (pl_node_matches(c->dep, current) &&
        (pl_edge_satisfied_by(r, c->edge, current) || c->is_overridden_edge))
        return c->is_explicit ? PL_REPLACE : PL_KEEP;

    bool newer = is_newer_or_same(c->dep, current);
    if (newer && pl_node_can_be_replaced(r, current, c->dep, NULL)) {
        enum pl_can can = with_peers(r, c, PL_REPLACE);
        if (can != PL_CONFLICT) return can;
    }
    if (pl_edge_satisfied_by(r, c->edge, current) && (!c->is_explicit || c->prefer_dedupe))
        return PL_KEEP;
    if (c->prefer_dedupe && !newer && pl_node_can_be_replaced(r, current, c->dep, NULL)) {
        enum pl_can can = with_peers(r, c, PL_REPLACE);
        if (can != PL_CONFLICT) return can;
    }
    /* It could go deeper: what is here stays. */
    if (c->target != deepest(r, c)) return PL_CONFLICT;
    /* It must be here, right below who asks for it. */
    if (!pl_edge_is_peer(c->edge) && c->target == c->edge->from)
        return with_peers(r, c, PL_REPLACE);
    if (!c->parent && !pl_edge_is_peer(c->edge)) return PL_CONFLICT;
    return check_peer_sets(r, c);
}

/* Nothing is there: but who finds another version further up from below must stay content. */
static enum pl_can check_free(struct pl_resolver *r, struct pl_can_place *c)
{
    struct pl_node *shadowed =
        c->target != entry_edge(c)->from ? pl_node_resolve(c->target, c->edge->name) : NULL;
    for (uint32_t i = 0; shadowed && i < shadowed->n_edges_in; i++) {
        struct pl_edge *e = shadowed->edges_in[i];
        if (pl_node_is_below(e->from, c->target) && pl_edge_is_valid(r, e) &&
            !pl_edge_satisfied_by(r, e, c->dep))
            return PL_CONFLICT;
    }
    return with_peers(r, c, PL_OK);
}

static enum pl_can decide(struct pl_resolver *r, struct pl_can_place *c)
{
    if (c->dep->failure) return c->current ? PL_REPLACE : PL_OK;
    /* Peers do not go inside who asks for them, except into a top. */
    if (c->target_edge && pl_edge_is_peer(c->target_edge) && !c->target->is_top) return PL_CONFLICT;
    if (!c->current && c->target_edge && c->target_edge != c->edge &&
        !pl_edge_satisfied_by(r, c->target_edge, c->dep))
        return PL_CONFLICT;
    return c->current ? check_current(r, c) : check_free(r, c);
}

static struct pl_can_place *check(struct pl_resolver *r, struct pl_can_place *c)
{
    r->check_count++;
    c->prefer_dedupe = c->prefer_dedupe || pl_edge_is_peer(c->edge);
    c->current = pl_node_child(c->target, c->edge->name);
    c->target_edge = pl_node_edge(r, c->target, c->edge->name);
    c->is_overridden_edge = !pl_edge_satisfied_by(r, c->edge, c->dep);
    c->can = decide(r, c);
    if (!c->can_self) c->can_self = c->can;
    return c;
}

struct pl_can_place *pl_can_place_check(struct pl_resolver *r, struct pl_node *dep,
                                        struct pl_node *target, struct pl_edge *edge,
                                        const struct pl_can_place *parent, bool is_explicit)
{
    struct pl_can_place *c = PB_ARENA_NEW(&r->tree_arena, struct pl_can_place);
    *c = (struct pl_can_place){.dep = dep,
                               .target = target,
                               .edge = edge,
                               .parent = parent,
                               .is_explicit = is_explicit,
                               .prefer_dedupe = r->options.prefer_dedupe};
    r->check_stamp = pl_next_stamp(r);
    r->check_count = 0;
    return check(r, c);
}
