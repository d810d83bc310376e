/* SPDX-License-Identifier: MIT */
#ifndef PL_SAME_FILES_H
#define PL_SAME_FILES_H

#include "installer/store/store.h"

/*
 * Which files of the store were written by this process, by size, mode and CRC-32, so that a file
 * with the same content becomes another link to it: a third of the files of a large tree are copies
 * of another one, and a link costs a fifth of a new file. The checksum only proposes; the bytes
 * decide, so that a crafted collision costs a comparison and nothing else. Any thread.
 */
struct pl_same_files;

struct pl_same_files *pl_same_files_new(int store_dirfd); /* borrowed */
void pl_same_files_free(struct pl_same_files *same);

/* Proposes the files of a package that stands in the store and lives as long as the table. */
void pl_same_files_add(struct pl_same_files *same, const struct pl_store_package *package);

/* Links `name` in the folder to a file of the same content and mode. False when there is none or
 * when it cannot be linked (link limit): write it then. */
bool pl_same_files_link(struct pl_same_files *same, const struct pl_store_file *file,
                        struct pb_str content, int dirfd, const char *name);

/* Whether a regular file holds exactly these bytes. */
bool pl_file_holds(int dirfd, const char *path, struct pb_str content);

#endif
