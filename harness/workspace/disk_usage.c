/* SPDX-License-Identifier: MIT */
#include "harness/workspace/disk_usage.h"

#include "harness/workspace/tree_walk.h"

#include <errno.h>
#include <fcntl.h>

int pb_disk_usage_entry(struct pb_disk_usage *usage, int dirfd, const char *name,
                        struct pb_err *err)
{
    struct stat st;
    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) return 0; /* gone since the folder was read */
        return pb_err_sys(err, errno, "look at %s", name);
    }
    if (S_ISDIR(st.st_mode))
        usage->dirs++;
    else if (S_ISLNK(st.st_mode))
        usage->symlinks++;
    else
        usage->files++;
    if (pb_inode_set_add(&usage->seen, &st)) usage->bytes += (uint64_t)st.st_size;
    return 0;
}

static enum pb_walk_next count_entry(void *user, const struct pb_walk_entry *e, struct pb_err *err)
{
    return pb_disk_usage_entry(user, e->dirfd, e->name, err) == 0 ? PB_WALK_ENTER : PB_WALK_FAIL;
}

int pb_disk_usage_add(struct pb_disk_usage *usage, const char *path, struct pb_err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return errno == ENOENT ? 0 : pb_err_sys(err, errno, "look at %s", path);
    usage->bytes += (uint64_t)st.st_size;
    return pb_walk(path, count_entry, usage, err);
}

void pb_disk_usage_release(struct pb_disk_usage *usage)
{
    pb_inode_set_release(&usage->seen);
}

static enum pb_walk_next find_file(void *user, const struct pb_walk_entry *e, struct pb_err *err)
{
    (void)err;
    if (e->type == DT_DIR) return PB_WALK_ENTER;
    *(bool *)user = true;
    return PB_WALK_STOP;
}

int pb_has_files(const char *path, bool *has, struct pb_err *err)
{
    *has = false;
    return pb_walk(path, find_file, has, err);
}
