/* SPDX-License-Identifier: MIT */
#include "harness/history/database.h"

#include <math.h>
#include <stddef.h>

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC); /* NULL binds NULL */
}

static void bind_number(sqlite3_stmt *statement, int at, bool has, double value)
{
    if (has && isfinite(value))
        sqlite3_bind_double(statement, at, value);
    else
        sqlite3_bind_null(statement, at);
}

static int step(struct pb_history *history, sqlite3_stmt *statement, struct pb_err *err)
{
    if (sqlite3_step(statement) == SQLITE_DONE) return 0;
    return pb_history_err(history, err, "add a run");
}

static int add_run(struct pb_history *history, const struct pb_history_run *run, bool *added,
                   struct pb_err *err)
{
    static const size_t columns[] = {
        offsetof(struct pb_history_run, id),
        offsetof(struct pb_history_run, started_utc),
        offsetof(struct pb_history_run, commit),
        offsetof(struct pb_history_run, label),
        offsetof(struct pb_history_run, platform),
        offsetof(struct pb_history_run, project),
        offsetof(struct pb_history_run, snapshot_digest),
        offsetof(struct pb_history_run, policy_hash),
        offsetof(struct pb_history_run, machine),
        offsetof(struct pb_history_run, version),
    };
    sqlite3_stmt *statement = pb_history_prepare(
        history,
        "INSERT INTO run (id, started_utc, commit_id, label, platform, project, snapshot_digest, "
        "policy_hash, machine, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO NOTHING",
        err);
    if (!statement) return -1;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        bind_text(statement, (int)i + 1, *(const char *const *)((const char *)run + columns[i]));
    int rc = step(history, statement, err);
    *added = rc == 0 && sqlite3_changes(history->db) > 0;
    sqlite3_finalize(statement);
    return rc;
}

static void bind_point(sqlite3_stmt *statement, int64_t run, const struct pb_history_point *p)
{
    sqlite3_bind_int64(statement, 1, run);
    bind_text(statement, 2, p->key.registry);
    bind_text(statement, 3, p->key.phase);
    bind_text(statement, 4, p->key.arm);
    bind_text(statement, 5, p->key.reference);
    bind_text(statement, 6, p->key.metric);
    bind_number(statement, 7, p->has, p->log_ratio);
    bind_number(statement, 8, p->has && p->has_interval, p->low);
    bind_number(statement, 9, p->has && p->has_interval, p->high);
    bind_number(statement, 10, p->has && p->has_interval, p->level);
    sqlite3_bind_int64(statement, 11, (int64_t)p->pairs);
    bind_number(statement, 12, true, p->median);
    bind_number(statement, 13, true, p->least);
    bind_text(statement, 14, p->has ? NULL : p->reason ? p->reason : "not known");
}

static int add_points(struct pb_history *history, const struct pb_history_point *points,
                      size_t count, struct pb_err *err)
{
    int64_t run = sqlite3_last_insert_rowid(history->db);
    sqlite3_stmt *statement =
        pb_history_prepare(history,
                           "INSERT INTO point (run, registry, phase, arm, reference, metric, "
                           "log_ratio, low, high, level, pairs, median, least, reason) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           err);
    int rc = statement ? 0 : -1;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        bind_point(statement, run, &points[i]);
        rc = step(history, statement, err);
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return rc;
}

int pb_history_add(struct pb_history *history, const struct pb_history_run *run,
                   const struct pb_history_point *points, size_t count, bool *added,
                   struct pb_err *err)
{
    *added = false;
    if (pb_history_exec(history, "BEGIN IMMEDIATE", "add a run", err) != 0) return -1;
    int rc = add_run(history, run, added, err);
    if (rc == 0 && *added) rc = add_points(history, points, count, err);
    if (rc == 0) rc = pb_history_exec(history, "COMMIT", "add a run", err);
    if (rc == 0) return 0;
    (void)sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
    *added = false;
    return -1;
}
