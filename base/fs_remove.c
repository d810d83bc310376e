/* SPDX-License-Identifier: MIT */
#include "fs.h"

#include "fs_dir.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * One descriptor is open at any depth: going up is openat("..") checked against the
 * device and inode seen on the way down, so a folder moved meanwhile cannot lead elsewhere.
 */
struct level {
    char *name; /* of this folder in its parent */
    dev_t dev;
    ino_t ino;
    char **subs; /* folders still to be removed, a stack */
    size_t n, cap;
};

struct removal {
    struct level *levels;
    size_t n, cap;
    int fd; /* of the deepest level */
};

static void level_release(struct level *level)
{
    for (size_t i = 0; i < level->n; i++)
        free(level->subs[i]);
    free(level->subs);
    free(level->name);
}

static void removal_release(struct removal *r)
{
    for (size_t i = 0; i < r->n; i++)
        level_release(&r->levels[i]);
    free(r->levels);
    pb_cleanup_close(&r->fd);
}

/* Unlinks what is no folder; folders are put on the level's stack. */
static int unlink_entries(int fd, struct level *level, struct pb_err *err)
{
    DIR *dir = pb_dir_stream(fd);
    if (!dir) return pb_err_sys(err, errno, "cannot read folder: %s", level->name);
    int status = 0;
    while (status == 0) {
        errno = 0;
        struct dirent *e = readdir(dir);
        if (!e) {
            if (errno) status = pb_err_sys(err, errno, "cannot read folder: %s", level->name);
            break;
        }
        if (pb_name_is_dot(e->d_name)) continue;
        if (e->d_type != DT_DIR && unlinkat(fd, e->d_name, 0) == 0) continue;
        if (e->d_type == DT_DIR || errno == EISDIR || errno == EPERM) {
            PB_GROW(level->subs, level->cap, level->n + 1);
            level->subs[level->n++] = pb_strdup(e->d_name);
        } else if (errno != ENOENT) {
            status = pb_err_sys(err, errno, "cannot remove: %s/%s", level->name, e->d_name);
        }
    }
    closedir(dir);
    return status;
}

static int enter(struct removal *r, int dirfd, const char *name, struct pb_err *err)
{
    struct stat st;
    int fd = pb_open_dir_nofollow(dirfd, name);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int sys = errno;
        if (fd >= 0) close(fd);
        return pb_err_sys(err, sys, "cannot open folder to remove it: %s", name);
    }
    /* Read-only folders occur in packages; their owner may still remove them. */
    if ((st.st_mode & S_IRWXU) != S_IRWXU) (void)fchmod(fd, (st.st_mode & 07777) | S_IRWXU);
    PB_GROW(r->levels, r->cap, r->n + 1);
    r->levels[r->n++] = (struct level){.name = pb_strdup(name), .dev = st.st_dev, .ino = st.st_ino};
    pb_cleanup_close(&r->fd);
    r->fd = fd;
    return unlink_entries(fd, &r->levels[r->n - 1], err);
}

/* Removes the deepest level, which is empty now, and makes its parent current. */
static int leave(struct removal *r, int root_dirfd, struct pb_err *err)
{
    struct level done = r->levels[--r->n];
    int parent = root_dirfd, status = 0;
    if (r->n > 0) {
        struct stat st;
        const struct level *up = &r->levels[r->n - 1];
        parent = pb_open_dir_nofollow(r->fd, "..");
        if (parent < 0 || fstat(parent, &st) != 0)
            status = pb_err_sys(err, errno, "cannot go back to: %s", up->name);
        else if (st.st_dev != up->dev || st.st_ino != up->ino)
            status = pb_err_set(err, PB_E_CONFLICT, "cannot remove: %s: moved meanwhile", up->name);
    }
    pb_cleanup_close(&r->fd);
    if (r->n > 0) r->fd = parent;
    if (status == 0 && unlinkat(parent, done.name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        status = pb_err_sys(err, errno, "cannot remove folder: %s", done.name);
    level_release(&done);
    return status;
}

int pb_remove_tree(int dirfd, const char *path, struct pb_err *err)
{
    struct stat st;
    if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : pb_err_sys(err, errno, "cannot remove: %s", path);
    if (!S_ISDIR(st.st_mode)) {
        if (unlinkat(dirfd, path, 0) == 0 || errno == ENOENT) return 0;
        return pb_err_sys(err, errno, "cannot remove: %s", path);
    }
    struct removal r = {.fd = -1};
    int status = enter(&r, dirfd, path, err);
    while (status == 0 && r.n > 0) {
        struct level *top = &r.levels[r.n - 1];
        if (top->n == 0) {
            status = leave(&r, dirfd, err);
            continue;
        }
        PB_AUTO_FREE char *sub = top->subs[--top->n];
        status = enter(&r, r.fd, sub, err);
    }
    removal_release(&r);
    return status != 0 ? pb_err_wrap(err, "removing %s", path) : 0;
}
