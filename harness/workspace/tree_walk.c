/* SPDX-License-Identifier: MIT */
#include "harness/workspace/tree_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 200 /* each level holds a descriptor */

struct walk {
    pb_walk_fn visit;
    void *user;
    struct pb_err *err;
    char path[8192];
    size_t path_n;
    unsigned depth;
    bool stopped;
};

static int walk_dir(struct walk *w, int dirfd, const char *name);

static unsigned char entry_type(int dirfd, const struct dirent *e)
{
    struct stat st;
    if (e->d_type != DT_UNKNOWN) return e->d_type;
    return fstatat(dirfd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0
               ? (unsigned char)IFTODT(st.st_mode)
               : DT_REG;
}

static int visit_entry(struct walk *w, int dirfd, const struct dirent *e)
{
    size_t before = w->path_n, n = strlen(e->d_name);
    if (before + n + 2 > sizeof w->path)
        return pb_err_set(w->err, PB_E_LIMIT, "walk: %.200s: path too long", w->path);
    if (before) w->path[w->path_n++] = '/';
    memcpy(w->path + w->path_n, e->d_name, n + 1);
    w->path_n += n;

    struct pb_walk_entry entry = {dirfd, e->d_name, w->path, entry_type(dirfd, e)};
    enum pb_walk_next next = w->visit(w->user, &entry, w->err);
    int rc = next == PB_WALK_FAIL ? -1 : 0;
    if (next == PB_WALK_STOP) w->stopped = true;
    if (next == PB_WALK_ENTER && entry.type == DT_DIR) rc = walk_dir(w, dirfd, e->d_name);

    w->path_n = before;
    w->path[before] = '\0';
    return rc;
}

static int walk_entries(struct walk *w, DIR *dir)
{
    int rc = 0;
    for (struct dirent *e; rc == 0 && !w->stopped && (errno = 0, e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        rc = visit_entry(w, dirfd(dir), e);
    }
    if (rc == 0 && !w->stopped && errno)
        return pb_err_sys(w->err, errno, "read folder: %s", w->path);
    return rc;
}

static int walk_dir(struct walk *w, int parent, const char *name)
{
    if (++w->depth > DEPTH_MAX)
        return pb_err_set(w->err, PB_E_LIMIT, "walk: %.200s: folders nested too deep", w->path);
    int fd =
        openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (w->depth > 1 ? O_NOFOLLOW : 0));
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        int sys = errno;
        if (fd >= 0) close(fd);
        if (w->depth == 1 && sys == ENOENT) return 0;
        return pb_err_sys(w->err, sys, "read folder: %s", w->depth == 1 ? name : w->path);
    }
    int rc = walk_entries(w, dir);
    closedir(dir);
    w->depth--;
    return rc;
}

int pb_walk(const char *start, pb_walk_fn visit, void *user, struct pb_err *err)
{
    struct walk w = {.visit = visit, .user = user, .err = err};
    return walk_dir(&w, AT_FDCWD, start);
}
