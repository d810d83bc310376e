/* SPDX-License-Identifier: MIT */
#ifndef PB_SCRATCH_FS_H
#define PB_SCRATCH_FS_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>

/*
 * A fresh file system of a chosen kind for the samples of a run, so that what file systems do
 * differently (journal, hard links, reflinks) can be compared on one machine: a sparse image file
 * on a loop device, or memory. It is mounted in a mount namespace of the calling process and has no
 * name outside: whatever ends the process, also a kill, takes mount, device and image away.
 */
struct pb_scratch_fs {
    const char *dir;         /* where it is mounted; NULL: it is not */
    const char *description; /* "xfs, an image of 60 GiB on a loop device" */
    bool deletes_cheaply;    /* files that were deleted do not slow down what is made next */
};

/* NULL-terminated names: "ext4", "ext4-nojournal", "xfs", "btrfs", "tmpfs". */
extern const char *const pb_scratch_fs_kinds[];

/* Mounts at the empty folder `dir`; the image is made on the file system of `dir`. Needs root. The
 * process leaves the machine's mount namespace for good. Strings live in the arena. */
int pb_scratch_fs_mount(struct pb_arena *arena, const char *kind, const char *dir,
                        struct pb_scratch_fs *out, struct pb_err *err) PB_MUST_CHECK;
void pb_scratch_fs_unmount(struct pb_scratch_fs *fs);

/* How large it becomes, given what is free: most of it, within bounds. 0: too little. */
uint64_t pb_scratch_fs_size(uint64_t free_bytes);

#endif
