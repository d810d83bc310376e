/* SPDX-License-Identifier: MIT */
#ifndef PL_PRUNE_H
#define PL_PRUNE_H

#include "installer/install/wanted.h"

/*
 * Removes from the node_modules folders of the project what is not wanted. Names that begin with a
 * dot (.bin, .cache, ...) are left alone, and so is what a package brought along in its own
 * node_modules folder. Symbolic links are removed, never followed.
 */
int pl_prune(int root_dirfd, const struct pl_wanted_tree *tree, size_t *removed,
             struct pb_err *err) PB_MUST_CHECK;

#endif
