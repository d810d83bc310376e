/* SPDX-License-Identifier: MIT */
#ifndef PB_LIMIT_TREE_WORK_H
#define PB_LIMIT_TREE_WORK_H

#include "harness/limit/plan.h"

/* File-system work of the plan, by one thread a processor (at most 4) in the plan's order, so that
 * a folder is filled when it has just been made. Files of the store are named by number,
 * STORED_PER_FOLDER to a folder. */

/* Each content once, in the store, which must not exist. */
int pb_limit_make_store(const struct pb_limit_plan *plan, const char *store,
                        struct pb_err *err) PB_MUST_CHECK;
/* Folders, links to the store's files and symbolic links below `project`. Empty files are made. */
int pb_limit_make_tree(const struct pb_limit_plan *plan, const char *store, const char *project,
                       struct pb_err *err) PB_MUST_CHECK;

#endif
