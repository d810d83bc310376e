/* SPDX-License-Identifier: MIT */
#ifndef PB_DELETION_H
#define PB_DELETION_H

#include "base/err.h"

#include <stdbool.h>

/*
 * Deletes a folder in the background: hundreds of thousands of files take minutes on some disks,
 * and nobody needs to wait for that. The folder is renamed aside at once; a process of lowest CPU
 * and disk priority deletes it and outlives its caller. A run that begins meanwhile is disturbed
 * (deleted inodes slow ext4 down), so it can ask.
 */
int pb_deletion_start(const char *dir, const char *cache_dir, struct pb_err *err) PB_MUST_CHECK;

/* Whether a deletion begun with the same cache folder is still going on. */
bool pb_deletion_under_way(const char *cache_dir);

#endif
