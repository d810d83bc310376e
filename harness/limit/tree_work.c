/* SPDX-License-Identifier: MIT */
#include "harness/limit/tree_work.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STORED_PER_FOLDER = 64, WORKERS_MAX = 4, ZEROS = 256 << 10 };

struct work {
    const struct pb_limit_plan *plan;
    int store, project;
    size_t from, to; /* of the entries */
    int (*on_entry)(const struct work *work, const struct pb_limit_entry *entry,
                    struct pb_err *err);
    struct pb_err err;
};

static void stored_name(const struct pb_limit_entry *file, char out[32])
{
    (void)snprintf(out, 32, "%u/%u", file->content / STORED_PER_FOLDER,
                   file->content % STORED_PER_FOLDER);
}

static int write_content(int fd, const struct pb_limit_entry *file, struct pb_err *err)
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

static int create(int dirfd, const char *name, const struct pb_limit_entry *file,
                  struct pb_err *err)
{
    PB_AUTO_FD int fd = openat(dirfd, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0) return pb_err_sys(err, errno, "create %s", name);
    return write_content(fd, file, err);
}

static int store_file(const struct work *work, const struct pb_limit_entry *file,
                      struct pb_err *err)
{
    char name[32];
    if (file->kind != PB_LIMIT_FILE || !file->is_first || file->bytes == 0) return 0;
    stored_name(file, name);
    return create(work->store, name, file, err);
}

static bool is_top(const struct pb_limit_entry *entry)
{
    return strchr(entry->path, '/') == NULL;
}

static int make_dir(int dirfd, const char *path, struct pb_err *err)
{
    if (mkdirat(dirfd, path, 0777) == 0) return 0;
    return pb_err_sys(err, errno, "create %s", path);
}

static int link_file(const struct work *work, const struct pb_limit_entry *file, struct pb_err *err)
{
    char name[32];
    if (file->is_first && file->bytes == 0) return create(work->project, file->path, file, err);
    stored_name(file, name);
    if (linkat(work->store, name, work->project, file->path, 0) == 0) return 0;
    return pb_err_sys(err, errno, "link %s", file->path);
}

static int place_entry(const struct work *work, const struct pb_limit_entry *entry,
                       struct pb_err *err)
{
    if (entry->kind == PB_LIMIT_FILE) return link_file(work, entry, err);
    if (entry->kind == PB_LIMIT_DIR)
        return is_top(entry) ? 0 : make_dir(work->project, entry->path, err);
    if (symlinkat(entry->text, work->project, entry->path) == 0) return 0;
    return pb_err_sys(err, errno, "link %s", entry->path);
}

static void *work_main(void *arg)
{
    struct work *work = arg;
    for (size_t i = work->from; i < work->to; i++)
        if (work->on_entry(work, &work->plan->entries[i], &work->err) != 0) break;
    return NULL;
}

static unsigned worker_count(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > WORKERS_MAX ? WORKERS_MAX : (unsigned)(n > 0 ? n : 1);
}

/* Where part `i` of `n` begins: no folder below the top ones has entries in two parts. */
static size_t begin_of_part(const struct pb_limit_plan *plan, unsigned i, unsigned n)
{
    size_t at = plan->entry_count * i / n;
    while (at > 0 && at < plan->entry_count) {
        const char *slash = strchr(plan->entries[at].path, '/');
        if (!slash || !strchr(slash + 1, '/')) break;
        at++;
    }
    return at;
}

/* One part a worker: what is in a folder lies together. */
static int each_entry(const struct work *all, struct pb_err *err)
{
    struct work parts[WORKERS_MAX];
    pthread_t threads[WORKERS_MAX];
    bool is_apart[WORKERS_MAX] = {false};
    unsigned n = worker_count();
    for (unsigned i = 0; i < n; i++) {
        parts[i] = *all;
        parts[i].from = begin_of_part(all->plan, i, n);
        parts[i].to = begin_of_part(all->plan, i + 1, n);
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
        if (make_dir(dirfd, name, err) != 0) return -1;
    }
    const struct work work = {.plan = plan, .store = dirfd, .on_entry = store_file};
    return each_entry(&work, err);
}

int pb_limit_make_tree(const struct pb_limit_plan *plan, const char *store, const char *project,
                       struct pb_err *err)
{
    PB_AUTO_FD int from = pb_open_dir(AT_FDCWD, store, err);
    PB_AUTO_FD int to = from >= 0 ? pb_open_dir(AT_FDCWD, project, err) : -1;
    if (to < 0) return -1;
    for (size_t i = 0; i < plan->entry_count; i++) {
        const struct pb_limit_entry *entry = &plan->entries[i];
        bool is_shared = entry->kind == PB_LIMIT_DIR && is_top(entry);
        if (is_shared && make_dir(to, entry->path, err) != 0) return -1;
    }
    const struct work work = {.plan = plan, .store = from, .project = to, .on_entry = place_entry};
    return each_entry(&work, err);
}
