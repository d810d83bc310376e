/* SPDX-License-Identifier: MIT */
#ifndef PL_QUEUE_H
#define PL_QUEUE_H

#include "installer/resolve/model.h"

/* Nodes to work on, the shallowest first, then by location in npm's order. */

void pl_queue_push(struct pl_resolver *r, struct pl_node *node);
/* NULL when empty. */
struct pl_node *pl_queue_first(const struct pl_resolver *r);
void pl_queue_take(struct pl_resolver *r);

#endif
