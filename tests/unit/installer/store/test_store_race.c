/* SPDX-License-Identifier: MIT */
/* Several processes and threads on one store, and processes that are killed at work. */
#include "base/fs.h"
#include "installer/store/place.h"
#include "installer/store/store.h"
#include "sample_package.h"
#include "tar_builder.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PACKAGES = 25, PROCESSES = 16, KILLS = 40 };

/* What an install does with each package: find or add, then place. Any failure ends the process
 * with a status; assertions do not work in a child. */
static int find_and_place(struct pl_store *store, int project, unsigned number,
                          struct pb_arena *arena)
{
    char key[128], target[64];
    struct pb_err err = PB_ERR_INIT;
    struct pl_place_result result;
    bool reused;
    sample_key(number, key);
    (void)snprintf(target, sizeof target, "node_modules/p%u", number);
    for (int attempt = 0; attempt < 3; attempt++) {
        const struct pl_store_package *p = pl_store_find(store, pb_str(key), arena);
        if (!p) {
            struct pb_buf gz PB_AUTO_BUF = TAR_BUF;
            sample_archive(number, &gz);
            if (pl_store_add_archive(store, pb_str(key), &PL_PACKED(gz.p, gz.n), NULL, &reused,
                                     &err) != 0)
                return fprintf(stderr, "add: %s\n", err.msg), 3;
            p = pl_store_find(store, pb_str(key), arena);
        }
        if (!p) continue; /* taken back meanwhile by another process */
        const struct pl_place_target to = {project, target, false};
        if (pl_place_package(store, p, &to, &result, &err) == 0) return 0;
        if (!result.damaged) return fprintf(stderr, "place: %s\n", err.msg), 4;
        pl_store_forget(store, pb_str(key));
        pb_err_clear(&err);
    }
    return 5;
}

static int install_one(struct pl_store *store, int project, unsigned number)
{
    struct pb_arena arena = PB_ARENA_INIT;
    int status = find_and_place(store, project, number, &arena);
    pb_arena_release(&arena);
    return status;
}

static int install_all(const char *root, const char *name, unsigned seed)
{
    char path[4096];
    struct pb_err err = PB_ERR_INIT;
    (void)snprintf(path, sizeof path, "%s/store", root);
    struct pl_store *store = pl_store_open(path, &err);
    if (!store) return fprintf(stderr, "open: %s\n", err.msg), 1;
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    if (mkdir(path, 0777) != 0) return 2;
    int project = open(path, O_RDONLY | O_DIRECTORY), status = project < 0 ? 2 : 0;
    for (unsigned i = 0; status == 0 && i < PACKAGES; i++)
        status = install_one(store, project, (i * 7 + seed) % PACKAGES);
    if (project >= 0) close(project);
    pl_store_close(store);
    return status;
}

static pid_t start(const char *root, const char *name, unsigned seed)
{
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) _exit(install_all(root, name, seed));
    return pid;
}

static void expect_project(struct temp_dir *dir, const char *name)
{
    for (unsigned i = 0; i < PACKAGES; i++) {
        char path[200], text[32];
        (void)snprintf(path, sizeof path, "%s/node_modules/p%u", name, i);
        (void)snprintf(text, sizeof text, "%u", i);
        expect_tree(dir->fd, path, SAMPLE_TREE);
        (void)snprintf(path, sizeof path, "%s/node_modules/p%u/package.json", name, i);
        expect_text(dir->fd, path, text);
    }
}

static void expect_sound_store(struct temp_dir *dir)
{
    struct pl_store *store = sample_store(dir->path);
    struct pl_store_check check, removed;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_store_prune(store, &removed, &err), 0, "%s", err.msg);
    cr_assert_eq(pl_store_verify(store, false, &check, &err), 0, "%s", err.msg);
    cr_assert_eq(check.packages, PACKAGES);
    cr_assert_eq(check.damaged, 0);
    cr_assert_eq(pl_store_prune(store, &removed, &err), 0, "%s", err.msg);
    cr_assert_eq(removed.files, 0, "found no more than before");
    pl_store_close(store);
}

Test(store_race, many_processes_add_the_same_packages)
{
    struct temp_dir dir = temp_dir_new();
    pid_t pids[PROCESSES];
    char name[32];
    for (unsigned i = 0; i < PROCESSES; i++) {
        (void)snprintf(name, sizeof name, "project%u", i);
        pids[i] = start(dir.path, name, i % 4);
    }
    for (unsigned i = 0; i < PROCESSES; i++) {
        int status;
        cr_assert_eq(waitpid(pids[i], &status, 0), pids[i]);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "process %u: status %#x", i,
                  (unsigned)status);
        (void)snprintf(name, sizeof name, "project%u", i);
        expect_project(&dir, name);
    }
    expect_sound_store(&dir);
    temp_dir_remove(&dir);
}

/* Each process dies at another moment; the store they leave must serve a clean run, and whatever it
 * names must be whole. */
Test(store_race, killed_processes_leave_a_usable_store)
{
    struct temp_dir dir = temp_dir_new();
    char name[32];
    unsigned killed = 0;
    for (unsigned i = 0; i < KILLS; i++) {
        (void)snprintf(name, sizeof name, "killed%u", i);
        pid_t pid = start(dir.path, name, i);
        (void)usleep(i * 331 % 9000);
        (void)kill(pid, SIGKILL);
        int status;
        cr_assert_eq(waitpid(pid, &status, 0), pid);
        killed += WIFSIGNALED(status);
        struct pl_store *store = sample_store(dir.path);
        struct pl_store_check check;
        struct pb_err err = PB_ERR_INIT;
        cr_assert_eq(pl_store_verify(store, false, &check, &err), 0, "%s", err.msg);
        cr_assert_eq(check.damaged, 0, "after %u kills", i + 1);
        pl_store_close(store);
    }
    cr_assert_gt(killed, 0, "no process was killed at work: the test shows nothing");
    cr_assert_eq(install_all(dir.path, "clean", 0), 0);
    expect_project(&dir, "clean");
    expect_sound_store(&dir);
    temp_dir_remove(&dir);
}

struct thread_job {
    struct pl_store *store;
    int project;
    unsigned seed;
    int status;
};

static void *thread_main(void *arg)
{
    struct thread_job *job = arg;
    for (unsigned i = 0; job->status == 0 && i < PACKAGES; i++)
        job->status = install_one(job->store, job->project, (i * 7 + job->seed) % PACKAGES);
    return NULL;
}

Test(store_race, threads_share_one_store)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    struct thread_job jobs[4];
    pthread_t threads[4];
    for (unsigned i = 0; i < 4; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "project%u", i);
        cr_assert_eq(mkdirat(dir.fd, name, 0777), 0);
        int fd = openat(dir.fd, name, O_RDONLY | O_DIRECTORY);
        jobs[i] = (struct thread_job){store, fd, i, 0};
        cr_assert_eq(pthread_create(&threads[i], NULL, thread_main, &jobs[i]), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "project%u", i);
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
        cr_assert_eq(jobs[i].status, 0);
        close(jobs[i].project);
        expect_project(&dir, name);
    }
    pl_store_close(store);
    expect_sound_store(&dir);
    temp_dir_remove(&dir);
}
