/* SPDX-License-Identifier: MIT */
#ifndef PL_TAR_TREE_H
#define PL_TAR_TREE_H

#include "base/arena.h"
#include "installer/store/tar_reader.h"

/*
 * The folder that an archive describes, by npm's rules: only regular files count, folders are those
 * that files need (npm makes no empty ones), links are left out, the later of two entries with one
 * name wins, a .gitignore becomes .npmignore unless there is one. A name that is both a file and a
 * folder is refused.
 */
struct pl_tar_file {
    struct pb_str path; /* clean (package_path.h), zero-terminated, in the arena */
    struct pb_str data; /* in the archive's memory; with a sink: not there */
    uint32_t exec_bits;
    bool is_renamed; /* was .gitignore */
    size_t order;    /* of the entry among the archive's files, from 0 */
};

struct pl_tar_tree {
    struct pl_tar_file *files; /* sorted by path */
    size_t file_count;
    struct pb_str *dirs; /* parents first, zero-terminated */
    size_t dir_count;
};

/* Takes the data of each file as it comes, in the archive's order, those that a later entry
 * replaces among them: entry->data and what pl_tar_rest() adds. */
struct pl_tar_sink {
    int (*file)(void *user, struct pl_tar_reader *reader, const struct pl_tar_entry *entry,
                struct pb_str path, struct pb_err *err);
    void *user;
};

/* `sink` may be NULL for an archive in memory. Nothing needs to be freed: all memory is the
 * arena's. */
int pl_tar_tree_read(struct pl_tar_reader *reader, const struct pl_tar_sink *sink,
                     struct pb_arena *arena, struct pl_tar_tree *tree,
                     struct pb_err *err) PB_MUST_CHECK;

#endif
