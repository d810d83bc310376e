/* SPDX-License-Identifier: MIT */
#include "harness/limit/tree_work.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STORED_PER_FOLDER = 64, WORKERS_MAX = 4, ZEROS = 256 << 10 };

struct work {
    const struct pb_limit_plan *plan;
    int store, project;
    size_t from, to; /* of the files */
    int (*on_file)(const struct work *work, const struct pb_limit_file *file, struct pb_err *err);
    struct pb_err err;
};

static void stored_name(const struct pb_limit_file *file, char out[32])
{
    (void)snprintf(out, 32, "%u/%u", file->content / STORED_PER_FOLDER,
                   file->content % STORED_PER_FOLDER);
}

static int write_content(int fd, const struct pb_limit_file *file, struct pb_err *err)
{
    static const char zeros[ZEROS];
    if (file->text) return pb_write_all(fd, file->text, (size_t)file->bytes, err);
    for (uint64_t left = file->bytes; left > 0;) {
        size_t part = left < ZEROS ? (size_t)left : ZEROS;
        if (pb_write_all(fd, zeros, part, err) != 0) return -1;
        left -= part;
    }
    return 0;
}

static int create(int dirfd, const char *name, const struct pb_limit_file *file, struct pb_err *err)
{
    PB_AUTO_FD int fd = openat(dirfd, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0) return pb_err_sys(err, errno, "create %s", name);
    return write_content(fd, file, err);
}

static int store_file(const struct work *work, const struct pb_limit_file *file, struct pb_err *err)
{
    char name[32];
    if (!file->is_first || file->bytes == 0) return 0;
    stored_name(file, name);
    return create(work->store, name, file, err);
}

static int link_file(const struct work *work, const struct pb_limit_file *file, struct pb_err *err)
{
    char name[32];
    if (file->is_first && file->bytes == 0) return create(work->project, file->path, file, err);
    stored_name(file, name);
    if (linkat(work->store, name, work->project, file->path, 0) == 0) return 0;
    return pb_err_sys(err, errno, "link %s", file->path);
}

static void *work_main(void *arg)
{
    struct work *work = arg;
    for (size_t i = work->from; i < work->to; i++)
        if (work->on_file(work, &work->plan->files[i], &work->err) != 0) break;
    return NULL;
}

static unsigned worker_count(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > WORKERS_MAX ? WORKERS_MAX : (unsigned)(n > 0 ? n : 1);
}

/* Splits the files into one range a worker: files of a folder lie together. */
static int each_file(const struct work *all, struct pb_err *err)
{
    struct work parts[WORKERS_MAX];
    pthread_t threads[WORKERS_MAX];
    bool is_apart[WORKERS_MAX] = {false};
    unsigned n = worker_count();
    for (unsigned i = 0; i < n; i++) {
        parts[i] = *all;
        parts[i].from = all->plan->file_count * i / n;
        parts[i].to = all->plan->file_count * (i + 1) / n;
        is_apart[i] = i > 0 && pthread_create(&threads[i], NULL, work_main, &parts[i]) == 0;
    }
    for (unsigned i = 0; i < n; i++)
        if (!is_apart[i]) (void)work_main(&parts[i]);
    int result = 0;
    for (unsigned i = 0; i < n; i++) {
        if (is_apart[i]) (void)pthread_join(threads[i], NULL);
        if (result == 0 && pb_err_is_set(&parts[i].err)) {
            *err = parts[i].err;
            result = -1;
        }
    }
    return result;
}

int pb_limit_make_store(const struct pb_limit_plan *plan, const char *store, struct pb_err *err)
{
    if (pb_mkdir_p(AT_FDCWD, store, err) != 0) return -1;
    PB_AUTO_FD int dirfd = pb_open_dir(AT_FDCWD, store, err);
    if (dirfd < 0) return -1;
    for (size_t i = 0; i <= plan->content_count / STORED_PER_FOLDER; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%zu", i);
        if (mkdirat(dirfd, name, 0777) != 0) return pb_err_sys(err, errno, "create %s", name);
    }
    const struct work work = {.plan = plan, .store = dirfd, .on_file = store_file};
    return each_file(&work, err);
}

int pb_limit_make_tree(const struct pb_limit_plan *plan, const char *store, const char *project,
                       struct pb_err *err)
{
    PB_AUTO_FD int from = pb_open_dir(AT_FDCWD, store, err);
    PB_AUTO_FD int to = from >= 0 ? pb_open_dir(AT_FDCWD, project, err) : -1;
    if (to < 0) return -1;
    for (size_t i = 0; i < plan->dir_count; i++)
        if (mkdirat(to, plan->dirs[i], 0777) != 0)
            return pb_err_sys(err, errno, "create %s", plan->dirs[i]);
    const struct work work = {.plan = plan, .store = from, .project = to, .on_file = link_file};
    if (each_file(&work, err) != 0) return -1;
    for (size_t i = 0; i < plan->symlink_count; i++)
        if (symlinkat(plan->symlinks[i].target, to, plan->symlinks[i].path) != 0)
            return pb_err_sys(err, errno, "link %s", plan->symlinks[i].path);
    return 0;
}
