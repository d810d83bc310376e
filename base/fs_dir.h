/* SPDX-License-Identifier: MIT */
#ifndef PB_FS_DIR_H
#define PB_FS_DIR_H

#include <dirent.h>
#include <stdbool.h>

/* Shared by fs_remove.c and fs_copy.c; not for other files. */

bool pb_name_is_dot(const char *name); /* "." or ".." */
/* Fails with ELOOP or ENOTDIR on a symbolic link. */
int pb_open_dir_nofollow(int dirfd, const char *name);
/* A directory stream on a duplicate, so that `fd` stays the caller's. NULL with errno. */
DIR *pb_dir_stream(int fd);

#endif
