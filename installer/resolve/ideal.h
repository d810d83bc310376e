/* SPDX-License-Identifier: MIT */
#ifndef PL_IDEAL_H
#define PL_IDEAL_H

#include "installer/resolve/model.h"

/* The placement pass: nodes with missing or invalid edges, the shallowest first, each dependency
 * loaded and placed. */

/* Makes the root (and the old lock's tree) and queues what needs work. */
int pl_ideal_start(struct pl_resolver *r, struct pb_err *err) PB_MUST_CHECK;
/* DONE, WAITING for a packument, or FAILED with r->err. */
enum pl_resolve_state pl_ideal_run(struct pl_resolver *r);
/* When all is placed: why each node is there, what goes, what cannot be used here. */
enum pl_resolve_state pl_ideal_finish(struct pl_resolver *r);
/* Drops the tree, to start over. */
void pl_ideal_drop(struct pl_resolver *r);

/* Adds the nodes of the old lock below the root. */
int pl_tree_from_lock(struct pl_resolver *r, struct pb_err *err) PB_MUST_CHECK;
/* dev, optional, devOptional, peer and extraneous of all nodes, from the root's edges. */
void pl_flags_calculate(struct pl_resolver *r);
void pl_flags_reset(struct pl_resolver *r);
/* Every node of the ideal tree, in no order. */
struct pl_node_list pl_tree_nodes(struct pl_resolver *r);
/* The finished tree as a lock. */
int pl_tree_to_lock(struct pl_resolver *r, struct pl_lock *out, struct pb_err *err) PB_MUST_CHECK;

#endif
