/* SPDX-License-Identifier: MIT */
#ifndef PL_TEST_TEMP_DIR_H
#define PL_TEST_TEMP_DIR_H

#include "base/buf.h"

/* A fresh folder per test, removed at its end. */
struct temp_dir {
    char *path;
    int fd;
};
struct temp_dir temp_dir_new(void);
void temp_dir_remove(struct temp_dir *dir);

/* An open file with that content, in no folder; the caller closes it. */
int unnamed_file(const void *data, size_t n);

/* Text of a file below `dirfd`, appended; fails the test when it cannot be read. */
void read_text(int dirfd, const char *path, struct pb_buf *out);
void expect_text(int dirfd, const char *path, const char *want);
void write_text(int dirfd, const char *path, const char *text);

/* "path\n" for each file, "path/\n" for each folder, "path -> target\n" for each symbolic link
 * below `path`, sorted by byte order; malloc'd. */
char *list_tree(int dirfd, const char *path);
void expect_tree(int dirfd, const char *path, const char *want);
/* How many files there are below it, links included. */
size_t count_files(int dirfd, const char *path);

#endif
