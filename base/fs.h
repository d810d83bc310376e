/* SPDX-License-Identifier: MIT */
#ifndef PB_FS_H
#define PB_FS_H

#include "buf.h"
#include "err.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Files and folders. Every function takes a directory handle (`AT_FDCWD` allowed) and a path
 * relative to it, opens with O_CLOEXEC, handles EINTR and short transfers, and names the path in
 * its errors.
 */

void pb_cleanup_close(int *fd);
#define PB_AUTO_FD __attribute__((cleanup(pb_cleanup_close)))
/* Returns the descriptor and marks the variable as given away. */
static inline int pb_take_fd(int *fd)
{
    int out = *fd;
    *fd = -1;
    return out;
}

/* Appends the whole file to `out`; fails with LIMIT when it exceeds out->max. */
int pb_read_file(int dirfd, const char *path, struct pb_buf *out, struct pb_err *err) PB_MUST_CHECK;
/* Appends everything up to end of file. */
int pb_read_fd(int fd, struct pb_buf *out, struct pb_err *err) PB_MUST_CHECK;
int pb_write_all(int fd, const void *data, size_t n, struct pb_err *err) PB_MUST_CHECK;
/* Creates or truncates. */
int pb_write_file(int dirfd, const char *path, struct pb_str data, mode_t mode,
                  struct pb_err *err) PB_MUST_CHECK;
/* Writes beside the target and renames over it: readers see the old or the new content. */
int pb_write_file_atomic(int dirfd, const char *path, struct pb_str data, mode_t mode,
                         struct pb_err *err) PB_MUST_CHECK;
/* Creates the folder and its missing parents (0777 & ~umask). An existing folder is fine. */
int pb_mkdir_p(int dirfd, const char *path, struct pb_err *err) PB_MUST_CHECK;
/* Removes a file or a whole tree of any depth without following symbolic links. A missing path is
 * fine. */
int pb_remove_tree(int dirfd, const char *path, struct pb_err *err) PB_MUST_CHECK;
/* Copies a file or tree: regular files and folders with mode and times, symbolic links. Other kinds
 * are refused. Names of one inode inside the tree are one inode in the copy. Folders may nest 128
 * deep. `dst` must not exist for a folder. */
int pb_copy_tree(int src_dirfd, const char *src, int dst_dirfd, const char *dst,
                 struct pb_err *err) PB_MUST_CHECK;
bool pb_exists(int dirfd, const char *path); /* does not follow a final symbolic link */
bool pb_is_dir(int dirfd, const char *path);
int pb_open_dir(int dirfd, const char *path, struct pb_err *err) PB_MUST_CHECK;
/* mkdtemp below `parent` with the given prefix; *out is malloc'd. */
int pb_make_temp_dir(const char *parent, const char *prefix, char **out,
                     struct pb_err *err) PB_MUST_CHECK;
/* Absolute real path, malloc'd. */
char *pb_real_path(const char *path, struct pb_err *err);

/* Looks `name` up in $PATH (or checks it when it has a slash). malloc'd absolute path or NULL. */
char *pb_find_program(const char *name);

#endif
