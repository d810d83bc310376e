/* SPDX-License-Identifier: MIT */
#include "installer/resolve/dep_sets.h"

#include "installer/resolve/edge.h"
#include "installer/resolve/tree.h"

static void add_once(struct pl_resolver *r, struct pl_node_list *set, struct pl_node *node,
                     uint32_t stamp)
{
    if (node->set_stamp == stamp) return;
    node->set_stamp = stamp;
    pl_node_list_add(&r->tree_arena, set, node);
}

static bool has_outside_edge(struct pl_resolver *r, struct pl_node *node, uint32_t stamp,
                             pl_edge_filter filter, const void *ctx)
{
    for (uint32_t i = 0; i < node->n_edges_in; i++) {
        struct pl_edge *e = node->edges_in[i];
        if (e->from->set_stamp != stamp && filter(r, e, ctx)) return true;
    }
    return false;
}

struct pl_node_list pl_gather(struct pl_resolver *r, struct pl_node *const *seeds, size_t n,
                              pl_edge_filter filter, const void *ctx)
{
    uint32_t stamp = pl_next_stamp(r);
    struct pl_node_list found = {0}, kept = {0};
    for (size_t i = 0; i < n; i++)
        add_once(r, &found, seeds[i], stamp);
    for (uint32_t i = 0; i < found.n; i++) {
        PL_EACH_OUT(found.items[i], e)
        {
            if (e->to && e->to->set_stamp != stamp && filter(r, e, ctx))
                add_once(r, &found, e->to, stamp);
        }
    }
    /* Taking one out can leave others with an edge from outside: until nothing changes. */
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < found.n; i++) {
            struct pl_node *node = found.items[i];
            if (node->set_stamp != stamp || !has_outside_edge(r, node, stamp, filter, ctx))
                continue;
            node->set_stamp = 0;
            changed = true;
        }
    }
    for (uint32_t i = 0; i < found.n; i++)
        if (found.items[i]->set_stamp == stamp)
            pl_node_list_add(&r->tree_arena, &kept, found.items[i]);
    return kept;
}

bool pl_valid_not_to(struct pl_resolver *r, struct pl_edge *e, const void *node)
{
    return e->to != node && pl_edge_is_valid(r, e);
}

bool pl_not_to(struct pl_resolver *r, struct pl_edge *e, const void *node)
{
    (void)r;
    return e->to != node;
}

bool pl_unconflicted_not_to(struct pl_resolver *r, struct pl_edge *e, const void *node)
{
    (void)r;
    return e->to != node && !e->peer_conflicted;
}

bool pl_valid_apart_from(struct pl_resolver *r, struct pl_edge *e, const void *node)
{
    return e->from != node && e->to != node && pl_edge_is_valid(r, e);
}

static bool is_valid_peer(struct pl_resolver *r, struct pl_edge *e)
{
    return pl_edge_is_peer(e) && pl_edge_is_valid(r, e);
}

/* `from` and all that its peer edges lead to. */
static struct pl_node_list peers_from(struct pl_resolver *r, struct pl_node *from)
{
    struct pl_node_list set = {0};
    uint32_t stamp = pl_next_stamp(r);
    add_once(r, &set, from, stamp);
    for (uint32_t i = 0; i < set.n; i++) {
        PL_EACH_OUT(set.items[i], e)
        {
            if (e->to && is_valid_peer(r, e)) add_once(r, &set, e->to, stamp);
        }
    }
    return set;
}

/* All that is linked with the node by peer edges, in either direction. */
static struct pl_node_list peer_union(struct pl_resolver *r, struct pl_node *node)
{
    struct pl_node_list set = {0};
    uint32_t stamp = pl_next_stamp(r);
    add_once(r, &set, node, stamp);
    for (uint32_t i = 0; i < set.n; i++) {
        struct pl_node *at = set.items[i];
        PL_EACH_OUT(at, e)
        {
            if (e->to && is_valid_peer(r, e)) add_once(r, &set, e->to, stamp);
        }
        for (uint32_t j = 0; j < at->n_edges_in; j++)
            if (is_valid_peer(r, at->edges_in[j])) add_once(r, &set, at->edges_in[j]->from, stamp);
    }
    return set;
}

static void add_entry(struct pl_resolver *r, struct pl_peer_entries *entries, struct pl_edge *e,
                      struct pl_node_list peers)
{
    if (entries->n == entries->cap) {
        size_t cap = entries->cap ? entries->cap * 2 : 8;
        struct pl_peer_entry *grown = PB_ARENA_ARRAY(&r->tree_arena, struct pl_peer_entry, cap);
        if (entries->n) memcpy(grown, entries->items, entries->n * sizeof *grown);
        entries->items = grown;
        entries->cap = cap;
    }
    entries->items[entries->n++] = (struct pl_peer_entry){e, peers};
}

struct pl_peer_entries pl_peer_entry_sets(struct pl_resolver *r, struct pl_node *node)
{
    struct pl_peer_entries entries = {0};
    struct pl_node_list all = peer_union(r, node);
    for (uint32_t i = 0; i < all.n; i++) {
        struct pl_node *peer = all.items[i];
        struct pl_node_list peers = {0};
        bool has_peers = false;
        for (uint32_t j = 0; j < peer->n_edges_in; j++) {
            struct pl_edge *e = peer->edges_in[j];
            if ((pl_edge_is_peer(e) && !e->from->is_top) || !pl_edge_is_valid(r, e)) continue;
            if (!has_peers) {
                peers = peers_from(r, peer);
                has_peers = true;
                if (!pl_node_list_has(&peers, node)) break;
            }
            add_entry(r, &entries, e, peers);
        }
    }
    return entries;
}

struct pl_node *pl_deepest_target(struct pl_resolver *r, struct pl_node *from,
                                  const struct pl_name *name)
{
    struct pl_node *at = from;
    while (pl_node_above(at) && !pl_node_is_project_root(at)) {
        struct pl_edge *e = pl_node_edge(r, at, name);
        if (!e || !pl_edge_is_peer(e)) break;
        at = pl_node_above(at);
    }
    return at;
}

/* ctx: the stamp of the nodes that fail together. */
static bool is_for_optional(struct pl_resolver *r, struct pl_edge *e, const void *ctx)
{
    (void)r;
    const uint32_t *stamp = ctx;
    return e->to->flag_stamp != *stamp && !e->from->inert;
}

struct pl_node_list pl_optional_set(struct pl_resolver *r, struct pl_node *node)
{
    struct pl_node_list set = {0};
    uint32_t stamp = pl_next_stamp(r);
    node->flag_stamp = stamp;
    pl_node_list_add(&r->tree_arena, &set, node);
    for (uint32_t i = 0; i < set.n; i++) {
        struct pl_node *at = set.items[i];
        for (uint32_t j = 0; j < at->n_edges_in; j++) {
            struct pl_edge *e = at->edges_in[j];
            if (pl_edge_is_optional(e) || e->from->flag_stamp == stamp) continue;
            e->from->flag_stamp = stamp;
            pl_node_list_add(&r->tree_arena, &set, e->from);
        }
    }
    return pl_gather(r, set.items, set.n, is_for_optional, &stamp);
}
