/* SPDX-License-Identifier: MIT */
#ifndef PL_FOLDERS_H
#define PL_FOLDERS_H

#include "installer/resolve/model.h"

/* Local folders that links lead to: workspaces and targets of file: dependencies. */

struct pl_folder *pl_folder_find(const struct pl_resolver *r, struct pb_str path);
struct pl_folder *pl_folder_add(struct pl_resolver *r, struct pb_str path,
                                const struct pl_manifest *manifest, bool is_workspace);
/* The folder's node, alone until a link in the ideal tree leads to it. */
struct pl_node *pl_folder_node(struct pl_resolver *r, struct pl_folder *folder);
/* Hangs the folder's node below the nearest folder of the ideal tree, unless it is there. */
void pl_folder_settle(struct pl_resolver *r, struct pl_folder *folder);

#endif
