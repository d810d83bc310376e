/* SPDX-License-Identifier: MIT */
#ifndef PL_SAME_FILES_H
#define PL_SAME_FILES_H

#include "installer/store/store.h"

/*
 * Which files of the store were written by this process, by size, mode and CRC-32, so that a file
 * with the same content is not written again but named by the same number: a third of the files of
 * a large tree are copies of another one. The checksum only proposes; the bytes decide, so that a
 * crafted collision costs a comparison and nothing else. Any thread.
 */
struct pl_same_files;

struct pl_same_files *pl_same_files_new(int dirfd); /* of the numbered files; borrowed */
void pl_same_files_free(struct pl_same_files *same);

/* Proposes the files of a package that stands in the store, all in racks of this process: prune
 * leaves those alone until the process has named what it shares. */
void pl_same_files_add(struct pl_same_files *same, const struct pl_store_package *package);

/* Finds a file of the same content and mode. False when there is none: write it then. */
bool pl_same_files_find(struct pl_same_files *same, const struct pl_store_file *file,
                        struct pb_str content, uint64_t *number);

/* Whether the file of the number holds exactly these bytes. */
bool pl_file_holds(int dirfd, uint64_t number, struct pb_str content);

#endif
