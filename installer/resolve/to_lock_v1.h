/* SPDX-License-Identifier: MIT */
#ifndef PL_TO_LOCK_V1_H
#define PL_TO_LOCK_V1_H

#include "installer/resolve/model.h"

/* What version 1 of a lock says of a node; `e` has the rest already. In the arena. */
const struct pl_lock_v1 *pl_node_to_lock_v1(struct pl_resolver *r, struct pb_arena *arena,
                                            struct pl_node *node, const struct pl_lock_entry *e);

#endif
