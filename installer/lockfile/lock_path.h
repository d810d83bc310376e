/* SPDX-License-Identifier: MIT */
#ifndef PL_LOCK_PATH_H
#define PL_LOCK_PATH_H

#include "base/str.h"

/*
 * A lockfile's place: a relative path without "", "." and ".." parts, in which whatever follows a
 * "node_modules" part is a safe package name (or ".plumb", the virtual store). Anything else could
 * make an installer write outside the project.
 */
bool pl_lock_path_is_safe(struct pb_str path);

/*
 * The same, or a folder beside the project that a link leads to: ".." parts in front of such a path
 * that has no "node_modules" part but one below "links/v1" (virtual_store.h). Nothing is ever
 * written there.
 */
bool pl_lock_folder_is_safe(struct pb_str path);
bool pl_lock_path_is_outside(struct pb_str path); /* begins with a ".." part */

/* "node_modules/a" of the folder "node_modules/a/lib", which a package brings; empty: the path is
 * no folder in a package. */
struct pb_str pl_lock_path_package(struct pb_str path);

/* The package name a place ends with: "b" or "@s/b" after the last node_modules, else what a
 * folder of that path is called ("@s/x" keeps its scope folder). */
struct pb_str pl_lock_path_name(struct pb_str path);

#endif
