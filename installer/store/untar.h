/* SPDX-License-Identifier: MIT */
#ifndef PL_UNTAR_H
#define PL_UNTAR_H

#include "base/arena.h"
#include "base/err.h"
#include "installer/store/store.h"

/*
 * npm tarballs to folders: inflate (whole buffer, bounded), walk the tar in memory, write beneath a
 * directory handle. The first path component is stripped. Only regular files and folders are made;
 * an entry that is absolute, contains "..", a NUL or a backslash, a link, a device, a damaged
 * header or a cut archive refuses the whole package. Modes become 0644 or 0755. Later entries of
 * one name win.
 */
struct pl_untar_limits {
    uint64_t max_bytes;   /* unpacked, all files together */
    uint64_t max_ratio;   /* unpacked / packed, from 1 MiB on */
    size_t max_entries;
};
extern const struct pl_untar_limits pl_untar_default_limits; /* 4 GiB, 1000, 1,000,000 */

/* A list of what was written lands in `out` (slices in the arena), sorted by path. */
int pl_untar(int dirfd, const void *data, size_t n, const struct pl_untar_limits *limits,
             struct pb_arena *arena, struct pl_store_package *out, struct pb_err *err)
    PB_MUST_CHECK;

#endif
