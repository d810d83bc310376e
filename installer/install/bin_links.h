/* SPDX-License-Identifier: MIT */
#ifndef PL_BIN_LINKS_H
#define PL_BIN_LINKS_H

#include "installer/install/wanted.h"

/*
 * The node_modules/.bin folders of a whole tree. Where several packages of one node_modules folder
 * bring the same name, the first one by depth and path has it, as in npm. Links that point at
 * nothing are removed.
 */
int pl_bin_links_make(int root_dirfd, const struct pl_wanted_tree *tree,
                      struct pb_err *err) PB_MUST_CHECK;

#endif
