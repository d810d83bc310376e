/* SPDX-License-Identifier: MIT */
#ifndef PL_LOAD_PEERS_H
#define PL_LOAD_PEERS_H

#include "installer/resolve/model.h"

/*
 * A dependency is first loaded into a virtual tree: a root that has the dependencies of whoever
 * asks, with the dependency and all its peers (and theirs) as children. There conflicts among peers
 * show before anything is placed.
 */

/* The virtual root that stands for the node: a new one, or with `reuse` the latest. */
struct pl_node *pl_virtual_root(struct pl_resolver *r, struct pl_node *node, bool reuse);

/*
 * Loads what the edge asks for, with its peer set, below `parent` (NULL: a new virtual root of
 * edge->from). `second` (may be NULL) is another edge whose spec may serve both. A peer conflict
 * that may not be overridden sets r->err; a packument that is not here sets r->has_missed.
 */
struct pl_node *pl_load_edge(struct pl_resolver *r, struct pl_edge *edge, struct pl_node *parent,
                             struct pl_edge *second);

#endif
