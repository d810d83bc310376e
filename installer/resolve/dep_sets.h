/* SPDX-License-Identifier: MIT */
#ifndef PL_DEP_SETS_H
#define PL_DEP_SETS_H

#include "installer/resolve/model.h"

/* Sets of nodes found by following edges. */

typedef bool (*pl_edge_filter)(struct pl_resolver *r, struct pl_edge *e, const void *ctx);

/*
 * What can be reached from the seeds over edges that pass the filter, without whatever has an edge
 * that passes it from outside the set. Marks the members with the returned set's stamp
 * (node->set_stamp) until the next gathering.
 */
struct pl_node_list pl_gather(struct pl_resolver *r, struct pl_node *const *seeds, size_t n,
                              pl_edge_filter filter, const void *ctx);

/* Ready-made filters; ctx is a node. Valid edges to others; edges to others; edges that neither
 * come from nor lead to the node. */
bool pl_valid_not_to(struct pl_resolver *r, struct pl_edge *e, const void *node);
bool pl_not_to(struct pl_resolver *r, struct pl_edge *e, const void *node);
bool pl_unconflicted_not_to(struct pl_resolver *r, struct pl_edge *e, const void *node);
bool pl_valid_apart_from(struct pl_resolver *r, struct pl_edge *e, const void *node);

/*
 * Peers come in sets: nodes linked by valid peer edges. An entry edge is a valid edge into the set
 * that is not a peer's (or comes from a top); `peers` is what its target pulls in. Only entries
 * whose peers include the node are listed.
 */
struct pl_peer_entry {
    struct pl_edge *edge;
    struct pl_node_list peers;
};
struct pl_peer_entries {
    struct pl_peer_entry *items;
    size_t n, cap;
};
struct pl_peer_entries pl_peer_entry_sets(struct pl_resolver *r, struct pl_node *node);

/* The deepest place for a dependency of that name of `from`: the nearest node at or above it that
 * does not have it as a peer. */
struct pl_node *pl_deepest_target(struct pl_resolver *r, struct pl_node *from,
                                  const struct pl_name *name);

/* Nodes that only exist for the sake of an optional dependency together with `node`. */
struct pl_node_list pl_optional_set(struct pl_resolver *r, struct pl_node *node);

#endif
