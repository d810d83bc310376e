/* SPDX-License-Identifier: MIT */
#include "fs.h"

#include "fs_dir.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_DEPTH_MAX 128 /* two descriptors are open per level */
#define COPY_CHUNK_BYTES (1u << 20)

static int copy_by_read(int in, int out, struct pb_err *err)
{
    PB_AUTO_FREE char *chunk = pb_malloc(COPY_CHUNK_BYTES);
    for (;;) {
        ssize_t n = read(in, chunk, COPY_CHUNK_BYTES);
        if (n == 0) return 0;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return pb_err_sys(err, errno, "cannot read");
        if (pb_write_all(out, chunk, (size_t)n, err) != 0) return -1;
    }
}

static int copy_bytes(int in, int out, struct pb_err *err)
{
    for (;;) {
        ssize_t n = copy_file_range(in, NULL, out, NULL, SSIZE_MAX / 2, 0);
        if (n == 0) break;
        if (n > 0 || errno == EINTR) continue;
        if (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP ||
            errno == EPERM)
            break;
        return pb_err_sys(err, errno, "cannot copy");
    }
    /* Also after 0: some kernels return that for files which cannot be copied in this way. */
    return copy_by_read(in, out, err);
}

static int keep_mode_and_time(int fd, const struct stat *st)
{
    const struct timespec times[2] = {st->st_atim, st->st_mtim};
    return fchmod(fd, st->st_mode & 07777) == 0 && futimens(fd, times) == 0 ? 0 : -1;
}

static int copy_file(int src_dirfd, const char *src, int dst_dirfd, const char *dst,
                     struct pb_err *err)
{
    struct stat st;
    PB_AUTO_FD int in = openat(src_dirfd, src, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (in < 0 || fstat(in, &st) != 0) return pb_err_sys(err, errno, "cannot open: %s", src);
    PB_AUTO_FD int out =
        openat(dst_dirfd, dst, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out < 0) return pb_err_sys(err, errno, "cannot create: %s", dst);
    if (copy_bytes(in, out, err) != 0) return pb_err_wrap(err, "%s", src);
    if (keep_mode_and_time(out, &st) != 0)
        return pb_err_sys(err, errno, "cannot set mode and time: %s", dst);
    return 0;
}

static int copy_link(int src_dirfd, const char *src, int dst_dirfd, const char *dst,
                     struct pb_err *err)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(src_dirfd, src, target, sizeof target);
    if (n < 0) return pb_err_sys(err, errno, "cannot read link: %s", src);
    if ((size_t)n >= sizeof target)
        return pb_err_set(err, PB_E_LIMIT, "cannot copy link: %s: target too long", src);
    target[n] = '\0';
    if (symlinkat(target, dst_dirfd, dst) != 0)
        return pb_err_sys(err, errno, "cannot create link: %s", dst);
    return 0;
}

/*
 * Files with several names stay one inode in the copy (a store linked into node_modules).
 * Open addressing by inode; `path` is relative to the root of the copy.
 */
struct copied_inode {
    dev_t dev;
    ino_t ino;
    char *path; /* NULL: free slot */
};

struct copy {
    int dst_rootfd;
    struct copied_inode *inodes;
    size_t n, cap;
    char path[PATH_MAX]; /* of the current entry below the root */
};

static size_t inode_slot(const struct copied_inode *table, size_t cap, dev_t dev, ino_t ino)
{
    uint64_t hash = ((uint64_t)ino ^ ((uint64_t)dev << 32)) * 0x9E3779B97F4A7C15u;
    size_t slot = (size_t)(hash >> 32) & (cap - 1);
    while (table[slot].path && (table[slot].dev != dev || table[slot].ino != ino))
        slot = (slot + 1) & (cap - 1);
    return slot;
}

static void inodes_grow(struct copy *c)
{
    size_t cap = c->cap ? c->cap * 2 : 256;
    struct copied_inode *table = pb_calloc(cap, sizeof *table);
    for (size_t i = 0; i < c->cap; i++) {
        if (!c->inodes[i].path) continue;
        table[inode_slot(table, cap, c->inodes[i].dev, c->inodes[i].ino)] = c->inodes[i];
    }
    free(c->inodes);
    c->inodes = table;
    c->cap = cap;
}

static int copy_linked_file(struct copy *c, const struct stat *st, int src_dirfd, const char *src,
                            int dst_dirfd, const char *dst, struct pb_err *err)
{
    if ((c->n + 1) * 2 > c->cap) inodes_grow(c);
    struct copied_inode *slot = &c->inodes[inode_slot(c->inodes, c->cap, st->st_dev, st->st_ino)];
    if (slot->path) {
        if (linkat(c->dst_rootfd, slot->path, dst_dirfd, dst, 0) == 0) return 0;
        if (errno != EMLINK && errno != EPERM && errno != EOPNOTSUPP)
            return pb_err_sys(err, errno, "cannot link: %s", dst);
        return copy_file(src_dirfd, src, dst_dirfd, dst, err);
    }
    *slot = (struct copied_inode){st->st_dev, st->st_ino, pb_strdup(c->path)};
    c->n++;
    return copy_file(src_dirfd, src, dst_dirfd, dst, err);
}

static int copy_dir_entries(struct copy *c, int in, int out, unsigned depth, struct pb_err *err);

/* Created writable; the mode and time of the source come after the content. */
static int copy_dir(struct copy *c, int src_dirfd, const char *src, int dst_dirfd, const char *dst,
                    unsigned depth, struct pb_err *err)
{
    if (depth > COPY_DEPTH_MAX)
        return pb_err_set(err, PB_E_LIMIT, "cannot copy: %s: folders nested deeper than %d", src,
                          COPY_DEPTH_MAX);
    struct stat st;
    PB_AUTO_FD int in = pb_open_dir_nofollow(src_dirfd, src);
    if (in < 0 || fstat(in, &st) != 0) return pb_err_sys(err, errno, "cannot open folder: %s", src);
    if (mkdirat(dst_dirfd, dst, 0700) != 0)
        return pb_err_sys(err, errno, "cannot create folder: %s", dst);
    PB_AUTO_FD int out = pb_open_dir_nofollow(dst_dirfd, dst);
    if (out < 0) return pb_err_sys(err, errno, "cannot open folder: %s", dst);
    if (depth == 0) c->dst_rootfd = out;
    if (copy_dir_entries(c, in, out, depth, err) != 0) return -1;
    if (keep_mode_and_time(out, &st) != 0)
        return pb_err_sys(err, errno, "cannot set mode and time: %s", dst);
    return 0;
}

static int copy_entry(struct copy *c, int in, int out, const char *name, unsigned depth,
                      struct pb_err *err)
{
    struct stat st;
    if (fstatat(in, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return pb_err_sys(err, errno, "cannot copy: %s", name);
    if (S_ISDIR(st.st_mode)) return copy_dir(c, in, name, out, name, depth + 1, err);
    if (S_ISLNK(st.st_mode)) return copy_link(in, name, out, name, err);
    if (!S_ISREG(st.st_mode))
        return pb_err_set(err, PB_E_UNSUPPORTED, "cannot copy: %s: special file", name);
    if (st.st_nlink > 1) return copy_linked_file(c, &st, in, name, out, name, err);
    return copy_file(in, name, out, name, err);
}

static int copy_dir_entries(struct copy *c, int in, int out, unsigned depth, struct pb_err *err)
{
    DIR *dir = pb_dir_stream(in);
    if (!dir) return pb_err_sys(err, errno, "cannot read folder");
    size_t base = strlen(c->path);
    int status = 0;
    while (status == 0) {
        errno = 0;
        struct dirent *e = readdir(dir);
        if (!e) {
            if (errno) status = pb_err_sys(err, errno, "cannot read folder");
            break;
        }
        if (pb_name_is_dot(e->d_name)) continue;
        int n = snprintf(c->path + base, sizeof c->path - base, "%s%s", base ? "/" : "", e->d_name);
        if (n < 0 || (size_t)n >= sizeof c->path - base)
            status = pb_err_set(err, PB_E_LIMIT, "cannot copy: %s: path too long", e->d_name);
        else
            status = copy_entry(c, in, out, e->d_name, depth, err);
        if (status == 0) c->path[base] = '\0'; /* else it names the culprit */
    }
    closedir(dir);
    return status;
}

int pb_copy_tree(int src_dirfd, const char *src, int dst_dirfd, const char *dst, struct pb_err *err)
{
    struct stat st;
    if (fstatat(src_dirfd, src, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return pb_err_sys(err, errno, "cannot copy: %s", src);
    int status;
    if (S_ISREG(st.st_mode)) {
        status = copy_file(src_dirfd, src, dst_dirfd, dst, err);
    } else if (S_ISLNK(st.st_mode)) {
        status = copy_link(src_dirfd, src, dst_dirfd, dst, err);
    } else if (S_ISDIR(st.st_mode)) {
        struct copy *c = pb_calloc(1, sizeof *c);
        status = copy_dir(c, src_dirfd, src, dst_dirfd, dst, 0, err);
        if (status != 0 && c->path[0]) pb_err_wrap(err, "%s", c->path);
        for (size_t i = 0; i < c->cap; i++)
            free(c->inodes[i].path);
        free(c->inodes);
        free(c);
    } else {
        status = pb_err_set(err, PB_E_UNSUPPORTED, "cannot copy: %s: special file", src);
    }
    return status != 0 ? pb_err_wrap(err, "copying %s to %s", src, dst) : 0;
}
