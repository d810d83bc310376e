/* SPDX-License-Identifier: MIT */
#ifndef PL_BENEATH_H
#define PL_BENEATH_H

#include "base/err.h"

#include <stdbool.h>

/*
 * Handles of folders below a root that no symbolic link can redirect: node_modules, or a scope's
 * folder in it, may be a link that a repository brought along. One openat2(2) where the kernel has
 * it (5.6), else one openat(O_NOFOLLOW) per part.
 */

/* An O_PATH handle of the existing folder `path` ("" is the root itself), or -1 with errno: ELOOP
 * or ENOTDIR when something in the way is a symbolic link or no folder. `path` has no "..". */
int pl_open_beneath(int root_dirfd, const char *path);

/* The same part by part, for kernels and sandboxes without openat2. */
int pl_walk_beneath(int root_dirfd, const char *path, bool create);

/* Creates what is missing of it first. -1 with the error set. */
int pl_mkdir_beneath(int root_dirfd, const char *path, struct pb_err *err) PB_MUST_CHECK;

/* A folder and no link to one. */
bool pl_is_real_dir(int dirfd, const char *path);

#endif
