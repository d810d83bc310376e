/* SPDX-License-Identifier: MIT */
#ifndef PL_TAR_TREE_H
#define PL_TAR_TREE_H

#include "base/arena.h"
#include "installer/store/tar_reader.h"

/*
 * The folder that an archive describes, settled in memory before anything is written, by npm's
 * rules: only regular files count, folders are those that files need (npm makes no empty ones),
 * links are left out, the later of two entries with one name wins, a .gitignore becomes .npmignore
 * unless there is one. A name that is both a file and a folder is refused.
 */
struct pl_tar_file {
    struct pb_str path; /* clean (tar_path.h), zero-terminated, in the arena */
    struct pb_str data; /* in the archive's memory */
    uint32_t exec_bits;
    bool is_renamed; /* was .gitignore */
    size_t order;    /* of the entry in the archive */
};

struct pl_tar_tree {
    struct pl_tar_file *files; /* sorted by path */
    size_t file_count;
    struct pb_str *dirs; /* parents first, zero-terminated */
    size_t dir_count;
    uint64_t bytes; /* of all files */
};

/* Nothing needs to be freed: all memory is the arena's. */
int pl_tar_tree_read(struct pl_tar_reader *reader, struct pb_arena *arena, struct pl_tar_tree *tree,
                     struct pb_err *err) PB_MUST_CHECK;

#endif
