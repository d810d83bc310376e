/* SPDX-License-Identifier: MIT */
#ifndef PL_STAMP_FOLDERS_H
#define PL_STAMP_FOLDERS_H

#include "installer/install/layout.h"

/* The folders that an install with nothing to do looks at: each package's own, and those that hold
 * packages and links. They follow each other as zero-terminated paths. */

/* Appends them, each once. */
void pl_stamp_folders_note(struct pb_buf *out, const struct pl_layout *layout);

/* Whether all are there and none is newer than the hidden lockfile (tree_state.h): the same that
 * npm looks at. On two threads where there are many: they are what such an install waits for. */
bool pl_stamp_folders_stand(int root_dirfd, struct pb_str paths);

#endif
