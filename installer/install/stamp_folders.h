/* SPDX-License-Identifier: MIT */
#ifndef PL_STAMP_FOLDERS_H
#define PL_STAMP_FOLDERS_H

#include "installer/install/layout.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/* The folders that an install with nothing to do looks at: each package's own, and those that hold
 * packages and links. They follow each other as zero-terminated paths. */

/* Appends them, each once. */
void pl_stamp_folders_note(struct pb_buf *out, const struct pl_layout *layout);

/* A look at all of them. A second thread takes part where there are many: they are what an install
 * with nothing to do waits for. */
struct pl_stamp_look {
    int dirfd;
    struct timespec since;
    struct pb_str paths;
    atomic_size_t next_step;
    atomic_bool stand;
    bool has_second;
    pthread_t second;
};

/* Begins it, with the second thread. The paths, relative to dirfd, are borrowed until the end.
 * Prefer AT_FDCWD: threads that share a descriptor pass its count of users to and fro with each
 * path. */
void pl_stamp_look_begin(struct pl_stamp_look *l, int dirfd, struct pb_str paths);

/* Takes part and ends it; once for each begin. Whether all are there and none is newer than the
 * hidden lockfile (tree_state.h): the same that npm looks at. Without is_wanted it only ends. */
bool pl_stamp_look_end(struct pl_stamp_look *l, bool is_wanted);

#endif
