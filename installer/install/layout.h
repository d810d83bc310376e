/* SPDX-License-Identifier: MIT */
#ifndef PL_LAYOUT_H
#define PL_LAYOUT_H

#include "installer/install/isolate.h"

/*
 * What is wanted, and where the linker of this install has it. `wanted` says it in npm's places;
 * `tree` is what stands in the project: the same for the hoisted linker, else made from it.
 */
struct pl_layout {
    struct pl_engines engines;
    struct pl_wanted_tree wanted;
    struct pl_wanted_tree *tree; /* &wanted or &laid_tree */

    /* Other linkers than hoisted. */
    struct pl_units units;
    struct pl_share share;
    struct pl_lock laid;
    struct pl_wanted_tree laid_tree;
    size_t *origins; /* of the tree's items in the lock; NULL: its items are the lock's */
};

/* From in->lock. Warns of what wants another node. Release also after a failure. */
int pl_layout_make(struct install *in, struct pl_layout *layout, struct pb_err *err) PB_MUST_CHECK;
/* Once more, after something of `wanted` was skipped. */
int pl_layout_again(struct install *in, struct pl_layout *layout, struct pb_err *err) PB_MUST_CHECK;
void pl_layout_release(struct pl_layout *layout);

/* Places that stand as one get what the first of them has got in the lock: integrity, license. */
void pl_layout_spread(struct install *in, const struct pl_layout *layout);
/* The lock's own entry for what stands at item `index` of the tree. */
struct pl_lock_entry *pl_layout_lock_entry(struct install *in, const struct pl_layout *layout,
                                           size_t index);

#endif
