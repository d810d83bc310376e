/* SPDX-License-Identifier: MIT */
#ifndef PB_DISK_USAGE_H
#define PB_DISK_USAGE_H

#include "base/err.h"
#include "harness/workspace/inode_set.h"

/*
 * Sizes as `du -sb` gives them (apparent bytes, folders and links included), but with each inode
 * counted once over all folders measured with the same set.
 */
struct pb_disk_usage {
    uint64_t bytes, files, dirs, symlinks; /* dirs: without the start folder itself */
    struct pb_inode_set seen;
};

/* Adds the folder (missing: nothing) to what is counted already. */
int pb_disk_usage_add(struct pb_disk_usage *usage, const char *path,
                      struct pb_err *err) PB_MUST_CHECK;
void pb_disk_usage_release(struct pb_disk_usage *usage);
/* Adds one entry that the caller is walking over. */
int pb_disk_usage_entry(struct pb_disk_usage *usage, int dirfd, const char *name,
                        struct pb_err *err) PB_MUST_CHECK;

/* True when anything but folders is below `path`. A missing folder has nothing. */
int pb_has_files(const char *path, bool *has, struct pb_err *err) PB_MUST_CHECK;

#endif
