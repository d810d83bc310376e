/* SPDX-License-Identifier: MIT */
#ifndef PL_LINKS_H
#define PL_LINKS_H

#include "base/err.h"
#include "base/str.h"

/*
 * The lock's link entries (workspace members, file: folders) as relative symbolic links:
 * node_modules/ui -> ../packages/ui. `path` ("node_modules/ui") and `target` ("packages/ui") are
 * relative to the root.
 */

/* Creates or replaces; the folders above are made. A package folder in its way is removed. */
int pl_link_make(int root_dirfd, const char *path, struct pb_str target,
                 struct pb_err *err) PB_MUST_CHECK;
bool pl_link_stands(int root_dirfd, const char *path, struct pb_str target);

#endif
