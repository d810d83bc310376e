/* SPDX-License-Identifier: MIT */
#include "installer/store/place.h"

#include "base/fs.h"
#include "installer/store/beneath.h"
#include "installer/store/package_path.h"
#include "installer/store/place_copy.h"
#include "installer/store/store_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Files are named relative to one handle for the store and one per target. Measured by
 * tests/bench/bench_place (ext4, Linux 6.18, 2,600 to 4,400 files, 16 to 32 rounds in turn, CPU
 * time): link() of absolute paths costs 8 to 9 % more, linkat() relative to the project up to 4 %
 * more, and handles of every folder with 8 files or more change nothing.
 */
struct job {
    struct pl_store *store;
    const struct pl_store_package *package;
    int src, dst;  /* the store's files, the target */
    bool is_fresh; /* the target was empty when begun: nothing can be in the way */
    bool can_link;
    struct pl_place_result *result;
};

/* --- the target folder --- */

/* Everything but node_modules goes. *emptied: there was none. */
static int empty_folder(int dirfd, bool *emptied, struct pb_err *err)
{
    int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        pb_cleanup_close(&fd);
        return pb_err_sys(err, errno, "cannot read the old folder");
    }
    *emptied = true;
    int result = 0;
    struct dirent *e;
    while (result == 0 && (errno = 0, e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if (strcmp(e->d_name, "node_modules") == 0)
            *emptied = false;
        else
            result = pb_remove_tree(dirfd, e->d_name, err);
    }
    if (result == 0 && errno != 0) result = pb_err_sys(err, errno, "cannot read the old folder");
    (void)closedir(dir);
    return result;
}

static int open_target(int parent, const char *name, struct pb_err *err)
{
    int fd = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 ? fd : pb_err_sys(err, errno, "cannot open the new folder");
}

/* A folder is emptied, anything else (a symbolic link, above all) makes room for one. */
static int replace_target(struct job *job, int parent, const char *name, struct pb_err *err)
{
    job->dst = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (job->dst >= 0) return empty_folder(job->dst, &job->is_fresh, err);
    if (unlinkat(parent, name, 0) != 0 || mkdirat(parent, name, 0777) != 0)
        return pb_err_sys(err, errno, "cannot replace what stands there");
    job->is_fresh = true;
    job->dst = open_target(parent, name, err);
    return job->dst >= 0 ? 0 : -1;
}

static int make_target(struct job *job, int root_dirfd, const char *target, struct pb_err *err)
{
    if (!pl_path_is_clean(pb_str(target)))
        return pb_err_set(err, PB_E_BAD_INPUT, "not a path for a package");
    const char *slash = strrchr(target, '/');
    const char *name = slash ? slash + 1 : target;
    char above[PL_PATH_MAX];
    (void)snprintf(above, sizeof above, "%.*s", (int)(slash ? slash - target : 0), target);
    PB_AUTO_FD int parent = pl_mkdir_beneath(root_dirfd, above, err);
    if (parent < 0) return -1;
    if (mkdirat(parent, name, 0777) != 0) {
        if (errno == EEXIST) return replace_target(job, parent, name, err);
        return pb_err_sys(err, errno, "cannot create the folder");
    }
    job->is_fresh = true;
    job->dst = open_target(parent, name, err);
    return job->dst >= 0 ? 0 : -1;
}

/* --- folders and files in it --- */

/* Inside a kept node_modules there may be a folder already, or something else in its way. */
static int make_dir(const struct job *job, const char *path, struct pb_err *err)
{
    if (mkdirat(job->dst, path, 0777) == 0) return 0;
    if (errno == EEXIST && !job->is_fresh) {
        if (pl_is_real_dir(job->dst, path)) return 0;
        if (unlinkat(job->dst, path, 0) == 0 && mkdirat(job->dst, path, 0777) == 0) return 0;
    }
    return pb_err_sys(err, errno, "cannot create folder: %s", path);
}

static int copy_file(struct job *job, const struct pl_store_file *file, struct pb_err *err)
{
    if (!job->is_fresh && pb_remove_tree(job->dst, file->path.p, err) != 0) return -1;
    if (pl_copy_store_file(job->src, file, job->dst, file->path.p, &job->result->damaged, err) != 0)
        return -1;
    job->result->copied++;
    return 0;
}

static int try_link(const struct job *job, const char *stored, const char *path)
{
    return linkat(job->src, stored, job->dst, path, 0) == 0 ? 0 : errno;
}

static int link_file(struct job *job, const struct pl_store_file *file, struct pb_err *err)
{
    const char *path = file->path.p;
    char stored[PL_STORED_NAME_MAX];
    pl_stored_name(file->number, stored);
    int sys = try_link(job, stored, path);
    if (sys == EEXIST && !job->is_fresh) {
        if (pb_remove_tree(job->dst, path, err) != 0) return -1;
        sys = try_link(job, stored, path);
    }
    if (sys == EMLINK) {
        if (pl_store_renew_file(job->store, file, err) != 0) return -1;
        sys = try_link(job, stored, path);
    }
    if (sys == 0) {
        job->result->linked++;
        return 0;
    }
    if (sys == EXDEV || sys == EPERM || sys == EOPNOTSUPP || sys == ENOSYS || sys == EMLINK) {
        job->can_link = sys == EMLINK; /* the others will not change for the next file */
        return copy_file(job, file, err);
    }
    job->result->damaged = sys == ENOENT && !pb_exists(job->src, stored);
    return pb_err_sys(err, sys, job->result->damaged ? "the store lacks %s" : "cannot link: %s",
                      path);
}

/* What a power cut leaves of files that were never synced is empty ones. Copies compare anyway. */
static int check_sizes(struct job *job, struct pb_err *err)
{
    const struct pl_store_package *package = job->package;
    for (size_t i = 0; i < package->file_count; i++) {
        const struct pl_store_file *file = &package->files[i];
        struct stat st;
        char stored[PL_STORED_NAME_MAX];
        pl_stored_name(file->number, stored);
        if (fstatat(job->src, stored, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
            (uint64_t)st.st_size == file->bytes)
            continue;
        job->result->damaged = true;
        return pb_err_set(err, PB_E_INTEGRITY, "the store's %s is missing or has another size",
                          file->path.p);
    }
    pl_store_settle(job->store, package);
    return 0;
}

static int fill(struct job *job, struct pb_err *err)
{
    const struct pl_store_package *package = job->package;
    for (size_t i = 0; i < package->dir_count; i++)
        if (make_dir(job, package->dirs[i].p, err) != 0) return -1;
    for (size_t i = 0; i < package->file_count; i++) {
        const struct pl_store_file *file = &package->files[i];
        /* All empty files as one inode would reach the link limit first, and an edit of one would
         * fill them all. */
        bool by_link = job->can_link && file->bytes > 0;
        if ((by_link ? link_file : copy_file)(job, file, err) != 0) return -1;
    }
    return 0;
}

int pl_place_package(struct pl_store *store, const struct pl_store_package *package,
                     const struct pl_place_target *to, struct pl_place_result *result,
                     struct pb_err *err)
{
    const char *target = to->path;
    *result = (struct pl_place_result){0};
    struct job job = {.store = store,
                      .package = package,
                      .src = store->dirfd,
                      .dst = -1,
                      .can_link = !to->is_private,
                      .result = result};
    int status = package->check_sizes ? check_sizes(&job, err) : 0;
    if (status == 0) status = make_target(&job, to->root_dirfd, target, err);
    if (status == 0) status = fill(&job, err);
    pb_cleanup_close(&job.dst);
    return status == 0 ? 0 : pb_err_wrap(err, "cannot place %s", target);
}
