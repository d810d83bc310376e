/* SPDX-License-Identifier: MIT */
#ifndef PL_LOCAL_FOLDERS_H
#define PL_LOCAL_FOLDERS_H

#include "installer/install/workspaces.h"

/*
 * Folders that "file:../x" dependencies of the root, its members and each other lead to. They are
 * read from disk because the resolver does no I/O. Paths are relative to the root and normalised
 * ("../x"); a folder that is a member already is left out.
 */
int pl_local_folders_find(struct pb_arena *arena, int root_dirfd, const struct pl_manifest *root,
                          const struct pl_workspaces *members, struct pl_workspaces *out,
                          struct pb_err *err) PB_MUST_CHECK;

/* "packages/ui" + "../core" -> "packages/core"; may begin with "..". */
struct pb_str pl_path_join(struct pb_arena *arena, struct pb_str base, struct pb_str path);

#endif
