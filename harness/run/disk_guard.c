/* SPDX-License-Identifier: MIT */
#include "harness/run/context.h"

#include "base/fs.h"
#include "harness/workspace/tree_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

/* Below these parts of the file system's blocks or inodes old workspaces go: before any sample, and
 * before the samples of a phase on a file system that is the run's own. Where deleting is cheap
 * they go before each sample: what they leave in the page cache fills the memory after some, and
 * very likely each sample then pays for reclaiming it (docs/isolation.md). */
#define FREE_MIN_FRACTION 0.05
#define FREE_FOR_PHASE_FRACTION 0.5

static int find_free(const struct pb_run *run, double *fraction, struct pb_err *err)
{
    struct statvfs fs;
    *fraction = 1;
    if (statvfs(run->work_dir, &fs) != 0)
        return pb_err_sys(err, errno, "look at the file system: %s", run->work_dir);
    if (fs.f_blocks) *fraction = (double)fs.f_bavail / (double)fs.f_blocks;
    if (fs.f_files && (double)fs.f_favail < *fraction * (double)fs.f_files)
        *fraction = (double)fs.f_favail / (double)fs.f_files;
    return 0;
}

/* Workspaces that later samples still use. */
static bool is_needed(const struct pb_run *run, const char *root)
{
    if (strcmp(root, run->template_dir) == 0) return true;
    for (size_t i = 0; i < run->leg_count * run->arm_count; i++) {
        const struct pb_seed *seed = &run->seeds[i];
        size_t n = strlen(root);
        if (seed->warm.root && strcmp(seed->warm.root, root) == 0) return true;
        if (seed->lock_dir && strncmp(seed->lock_dir, root, n) == 0 && seed->lock_dir[n] == '/')
            return true;
    }
    return false;
}

static enum pb_walk_next remove_unneeded(void *user, const struct pb_walk_entry *e,
                                         struct pb_err *err)
{
    struct pb_run *run = user;
    const char *root = pb_arena_printf(&run->arena, "%s/%s", run->work_dir, e->name);
    if (is_needed(run, root)) return PB_WALK_SKIP;
    return pb_remove_tree(AT_FDCWD, root, err) == 0 ? PB_WALK_SKIP : PB_WALK_FAIL;
}

static int remove_earlier(struct pb_run *run, struct pb_err *err)
{
    return pb_walk(run->work_dir, remove_unneeded, run, err);
}

int pb_disk_guard(struct pb_run *run, struct pb_err *err)
{
    double free_fraction;
    if (run->isolation.scratch.deletes_cheaply) return remove_earlier(run, err);
    if (find_free(run, &free_fraction, err) != 0) return -1;
    if (free_fraction >= FREE_MIN_FRACTION) return 0;
    if (remove_earlier(run, err) != 0) return -1;
    return pb_journal_write_event(run->journal, "deleted_early",
                                  "the file system is nearly full: earlier samples were deleted "
                                  "before the end of the run, which may slow down what follows",
                                  err);
}

/* A user's own file system may be half full for good; an image is only so of samples. */
int pb_disk_make_room(struct pb_run *run, struct pb_err *err)
{
    double free_fraction;
    const struct pb_scratch_fs *fs = &run->isolation.scratch;
    if (!fs->dir || fs->deletes_cheaply) return 0;
    if (find_free(run, &free_fraction, err) != 0) return -1;
    if (free_fraction >= FREE_FOR_PHASE_FRACTION) return 0;
    if (remove_earlier(run, err) != 0) return -1;
    return pb_journal_write_event(run->journal, "deleted_between_phases",
                                  "the samples' file system was half full: earlier samples were "
                                  "deleted before the next ones began",
                                  err);
}
