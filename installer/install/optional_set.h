/* SPDX-License-Identifier: MIT */
#ifndef PL_OPTIONAL_SET_H
#define PL_OPTIONAL_SET_H

#include "installer/install/wanted.h"

/*
 * npm's rule for an optional package that cannot be had (arborist's optional-set): it goes together
 * with everything that needs it, up to the optional dependencies where that part of the tree
 * begins, and with what only those needed.
 */
struct pl_optional_graph;

/* Edges between the places of a tree, as node's module resolution finds them. Borrows the tree. */
struct pl_optional_graph *pl_optional_graph_new(struct pl_wanted_tree *tree);
void pl_optional_graph_free(struct pl_optional_graph *graph);

/* Marks the set of an optional place as skipped; a place that is not optional is left alone. */
void pl_optional_set_skip(struct pl_optional_graph *graph, size_t index);

#endif
