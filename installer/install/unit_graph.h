/* SPDX-License-Identifier: MIT */
#ifndef PL_UNIT_GRAPH_H
#define PL_UNIT_GRAPH_H

#include "installer/install/units.h"

/* The packages of a lock and what they resolve to. Shared by units.c, which makes units of it, and
 * unit_hash.c. */

enum { PL_UNIT_HASH_BYTES = 32 };

struct pl_unit_hash {
    uint8_t bytes[PL_UNIT_HASH_BYTES];
};

/* A package's place in the graph. Tarjan's algorithm finds its strongly connected component. */
struct pl_unit_vertex {
    const struct pl_wanted *item;
    struct pl_unit_dep *deps;
    size_t n_deps, cap_deps;
    struct pl_unit_hash hash, next;
    uint32_t index, low; /* 0: not visited yet */
    bool is_open;
};

struct pl_unit_graph {
    struct pb_arena *arena;
    const struct pl_wanted_tree *tree;
    struct pl_unit_vertex *vertices; /* as the tree's items; only packages are used */
    size_t *open;                    /* the stack of Tarjan's algorithm */
    size_t n_open;
    uint32_t counter;
};

static inline size_t pl_unit_index(const struct pl_unit_graph *g, const struct pl_wanted *item)
{
    return (size_t)(item - g->tree->items);
}

/* Gives each package the hash of its content and of all that it resolves to, once the edges are
 * known. */
void pl_unit_graph_hash(struct pl_unit_graph *g);

#endif
