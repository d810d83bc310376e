/* SPDX-License-Identifier: MIT */
#ifndef PL_WRITE_FILES_H
#define PL_WRITE_FILES_H

#include "base/arena.h"
#include "installer/store/same_files.h"
#include "installer/store/tar_tree.h"

/* Content in up to two pieces: what is left out of the archive's bytes lies between them. */
struct pl_content {
    struct pb_str head, tail;
};

struct pl_write_job {
    int dirfd; /* an empty folder */
    const struct pl_tar_tree *tree;
    const struct pl_content *contents; /* per file */
    bool is_numbered; /* all in one folder, named by number, identical ones once (store.h) */
    struct pl_same_files *same; /* where identical files of others may be linked from, or NULL */
    struct pb_arena *arena;
};

/* Writes folders and files and says in `files` what they are. */
int pl_write_files(const struct pl_write_job *job, struct pl_store_file *files,
                   struct pb_err *err) PB_MUST_CHECK;

#endif
