/* SPDX-License-Identifier: MIT */
#include "harness/history/history.h"

#include "base/fs.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;
static char path[512];

static void make_folder(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_make_temp_dir("/tmp", "history-", &folder, &err), 0, "%s", err.msg);
    snprintf(path, sizeof path, "%s/sub/history.sqlite", folder);
}

static void remove_folder(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_remove_tree(AT_FDCWD, folder, &err), 0, "%s", err.msg);
    free(folder);
}

TestSuite(history, .init = make_folder, .fini = remove_folder);

static struct pb_history *open_it(enum pb_history_mode mode)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_history *history = pb_history_open(path, mode, &err);
    cr_assert_not_null(history, "%s", err.msg);
    return history;
}

static struct pb_history_point point(const char *phase, double log_ratio)
{
    struct pb_history_point p = {.key = {.registry = "replay",
                                         .phase = phase,
                                         .arm = "next",
                                         .reference = "base",
                                         .metric = "wall_ns"},
                                 .has = true,
                                 .log_ratio = log_ratio,
                                 .pairs = 10,
                                 .median = 2e9,
                                 .least = NAN};
    return p;
}

static int add(struct pb_history *history, const char *id, const char *started, double log_ratio,
               bool *added, struct pb_err *err)
{
    struct pb_history_point points[2] = {point("p1", log_ratio), point("p3", 0)};
    points[1].has = false;
    points[1].reason = "no lock";
    const struct pb_history_run run = {
        .id = id, .started_utc = started, .commit = "c0ffee", .project = "ant-design"};
    return pb_history_add(history, &run, points, 2, added, err);
}

static void must_add(struct pb_history *history, const char *id, const char *started,
                     double log_ratio)
{
    bool added;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(add(history, id, started, log_ratio, &added, &err), 0, "%s", err.msg);
    cr_expect(added, "%s", id);
}

Test(history, gives_back_what_was_added_by_start)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_history_result result;
    struct pb_history_runs runs;
    struct pb_history *history = open_it(PB_HISTORY_WRITE);
    must_add(history, "second", "2026-02-01T00:00:00Z", 0.2);
    must_add(history, "first", "2026-01-01T00:00:00Z", 0.1);
    pb_history_close(history);

    history = open_it(PB_HISTORY_READ);
    cr_assert_eq(pb_history_list(history, &arena, &runs, &err), 0, "%s", err.msg);
    cr_assert_eq(runs.n, 2);
    cr_expect_str_eq(runs.items[0].id, "first");
    cr_expect_str_eq(runs.items[1].commit, "c0ffee");
    cr_expect_null(runs.items[1].label);

    cr_assert_eq(pb_history_find(history, &arena, &(struct pb_history_key){0}, &result, &err), 0);
    cr_assert_eq(result.n, 2, "a series for each phase");
    const struct pb_history_series *p1 = &result.items[0], *p3 = &result.items[1];
    cr_assert_eq(p1->n, 2);
    cr_expect_str_eq(p1->key.project, "ant-design");
    cr_expect_str_eq(p1->entries[1].run->id, "second");
    cr_expect_float_eq(p1->entries[0].point.log_ratio, 0.1, 0);
    cr_expect(p1->entries[0].point.has && !p1->entries[0].point.has_interval);
    cr_expect(isnan(p1->entries[0].point.least));
    cr_expect(!p3->entries[0].point.has);
    cr_expect_str_eq(p3->entries[0].point.reason, "no lock");

    cr_assert_eq(
        pb_history_find(history, &arena, &(struct pb_history_key){.phase = "p3"}, &result, &err),
        0);
    cr_expect_eq(result.n, 1);
    cr_assert_eq(
        pb_history_find(history, &arena, &(struct pb_history_key){.arm = "other"}, &result, &err),
        0);
    cr_expect_eq(result.n, 0);
    pb_history_close(history);
    pb_arena_release(&arena);
}

Test(history, a_run_is_added_once_and_wholly)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_history_runs runs;
    bool added = true;
    struct pb_history *history = open_it(PB_HISTORY_WRITE);
    must_add(history, "run", "2026-01-01T00:00:00Z", 0.1);
    cr_expect_eq(add(history, "run", "2026-01-01T00:00:00Z", 0.3, &added, &err), 0);
    cr_expect(!added);

    /* The same cell twice breaks its key: nothing of the run stays. */
    struct pb_history_point twice[2] = {point("p1", 0), point("p1", 0)};
    const struct pb_history_run run = {.id = "broken", .started_utc = "2026-01-02T00:00:00Z"};
    cr_expect_eq(pb_history_add(history, &run, twice, 2, &added, &err), -1);
    cr_assert_eq(pb_history_list(history, &arena, &runs, &(struct pb_err){0}), 0);
    cr_expect_eq(runs.n, 1);
    pb_history_close(history);
    pb_arena_release(&arena);
}

static void execute(const char *sql)
{
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    char *message = NULL;
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &message), SQLITE_OK, "%s", message);
    sqlite3_close(db);
}

static void expect_refused(const char *word)
{
    struct pb_err err = PB_ERR_INIT;
    cr_expect_null(pb_history_open(path, PB_HISTORY_READ, &err));
    cr_expect_not_null(strstr(err.msg, path), "the file is not named: %s", err.msg);
    cr_expect_not_null(strstr(err.msg, word), "%s", err.msg);
}

/* A file as version 1 left it: without the indexes. */
Test(history, an_older_schema_is_brought_up_to_date)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_history_runs runs;
    struct pb_history *history = open_it(PB_HISTORY_WRITE);
    must_add(history, "old", "2026-01-01T00:00:00Z", 0.1);
    pb_history_close(history);
    execute("DROP INDEX point_of_cell; DROP INDEX run_by_start; PRAGMA user_version = 1");

    history = open_it(PB_HISTORY_READ);
    cr_assert_eq(pb_history_list(history, &arena, &runs, &err), 0, "%s", err.msg);
    cr_expect_eq(runs.n, 1);
    pb_history_close(history);
    execute("DROP INDEX point_of_cell"); /* is there again */
    pb_arena_release(&arena);
}

Test(history, what_is_not_ours_is_refused_by_name)
{
    struct pb_err err = PB_ERR_INIT;
    cr_expect_null(pb_history_open(path, PB_HISTORY_READ, &err));
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
    pb_history_close(open_it(PB_HISTORY_WRITE));
    execute("PRAGMA user_version = 99");
    expect_refused("newer");
    execute("PRAGMA user_version = 2; PRAGMA application_id = 7");
    expect_refused("another program");
}

Test(history, a_damaged_file_is_named)
{
    static const char text[] = "this was a database once, but somebody wrote a letter over it "
                               "that is longer than its header of one hundred bytes";
    struct pb_err err = PB_ERR_INIT;
    struct pb_history *history = open_it(PB_HISTORY_WRITE);
    must_add(history, "run", "2026-01-01T00:00:00Z", 0.1);
    pb_history_close(history);

    /* In the middle: the header still looks fine. */
    PB_AUTO_FD int fd = open(path, O_WRONLY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    for (off_t at = 4096; at < 6 * 4096; at += 100)
        cr_assert_eq(pwrite(fd, text, 100, at), 100);
    expect_refused("damaged");
    cr_assert_eq(pb_write_file(AT_FDCWD, path, PB_LIT(text), 0644, &err), 0);
    expect_refused("damaged");
}

/* Every writer opens a file that is not there yet. */
Test(history, several_writers_wait_for_each_other)
{
    enum { WRITERS = 4, RUNS = 10 };
    for (int w = 0; w < WRITERS; w++) {
        pid_t pid = fork();
        cr_assert_geq(pid, 0);
        if (pid > 0) continue;
        struct pb_err err = PB_ERR_INIT;
        struct pb_history *history = pb_history_open(path, PB_HISTORY_WRITE, &err);
        int rc = history ? 0 : 1;
        for (int i = 0; rc == 0 && i < RUNS; i++) {
            char id[32];
            bool added;
            snprintf(id, sizeof id, "%d-%d", w, i);
            rc = add(history, id, "2026-01-01T00:00:00Z", 0, &added, &err) != 0 || !added;
        }
        if (rc) fprintf(stderr, "writer %d: %s\n", w, err.msg);
        pb_history_close(history);
        _exit(rc);
    }
    for (int w = 0; w < WRITERS; w++) {
        int status;
        cr_assert_gt(wait(&status), 0);
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
    }
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_history_runs runs;
    struct pb_history *history = open_it(PB_HISTORY_READ);
    cr_assert_eq(pb_history_list(history, &arena, &runs, &err), 0, "%s", err.msg);
    cr_expect_eq(runs.n, (size_t)WRITERS * RUNS);
    pb_history_close(history);
    pb_arena_release(&arena);
}
