/* SPDX-License-Identifier: MIT */
/* The tables, in steps: a file of any version gets the steps it lacks. Never change a step. */
#include "harness/history/database.h"

#include <inttypes.h>
#include <stdio.h>

/* "pbhi": tells our files from other databases. */
#define APPLICATION_ID 0x70626869

static const char *const steps[] = {
    "CREATE TABLE run ("
    "  key INTEGER PRIMARY KEY,"
    "  id TEXT NOT NULL UNIQUE,"
    "  started_utc TEXT NOT NULL,"
    "  commit_id TEXT, label TEXT, platform TEXT, project TEXT, snapshot_digest TEXT,"
    "  policy_hash TEXT, machine TEXT, version TEXT);"
    "CREATE TABLE point ("
    "  run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,"
    "  registry TEXT NOT NULL, phase TEXT NOT NULL, arm TEXT NOT NULL, reference TEXT NOT NULL,"
    "  metric TEXT NOT NULL,"
    "  log_ratio REAL, low REAL, high REAL, level REAL, pairs INTEGER NOT NULL,"
    "  median REAL, least REAL, reason TEXT,"
    "  CHECK (log_ratio IS NOT NULL OR reason IS NOT NULL),"
    "  PRIMARY KEY (run, registry, phase, arm, reference, metric)) WITHOUT ROWID;",
    /* Series are asked for by cell, over all runs. */
    "CREATE INDEX point_of_cell ON point (phase, arm, metric, registry, reference, run);"
    "CREATE INDEX run_by_start ON run (started_utc, key);",
};
enum { VERSION = sizeof steps / sizeof *steps };

static int check_is_ours(struct pb_history *history, int64_t version, struct pb_err *err)
{
    int64_t application, tables;
    if (pb_history_number(history, "PRAGMA application_id", &application, err) != 0 ||
        pb_history_number(history, "SELECT count(*) FROM sqlite_schema", &tables, err) != 0)
        return -1;
    bool is_empty = version == 0 && application == 0 && tables == 0;
    if (application != APPLICATION_ID && !is_empty)
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "history %s: this is another program's database: choose another file by "
                          "--db",
                          history->path);
    if (version > VERSION)
        return pb_err_set(err, PB_E_UNSUPPORTED,
                          "history %s: schema version %" PRId64
                          ", this program knows up to %d: use a newer phasebench",
                          history->path, version, VERSION);
    return 0;
}

static int take_steps(struct pb_history *history, struct pb_err *err)
{
    int64_t version;
    char sql[64];
    /* Again, now that nobody else can be at it. */
    if (pb_history_number(history, "PRAGMA user_version", &version, err) != 0) return -1;
    for (int64_t i = version; i < VERSION; i++)
        if (pb_history_exec(history, steps[i], "make the tables", err) != 0) return -1;
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d", APPLICATION_ID);
    if (pb_history_exec(history, sql, "make the tables", err) != 0) return -1;
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", VERSION);
    return pb_history_exec(history, sql, "make the tables", err);
}

/* In one transaction: another process may be making the tables just now. */
static int look(struct pb_history *history, int64_t *version, struct pb_err *err)
{
    if (pb_history_exec(history, "BEGIN", "open", err) != 0) return -1;
    int rc = pb_history_number(history, "PRAGMA user_version", version, err);
    if (rc == 0) rc = check_is_ours(history, *version, err);
    (void)sqlite3_exec(history->db, "COMMIT", NULL, NULL, NULL);
    return rc;
}

int pb_history_migrate(struct pb_history *history, struct pb_err *err)
{
    int64_t version;
    if (look(history, &version, err) != 0) return -1;
    if (version == VERSION) return 0;
    if (pb_history_exec(history, "BEGIN IMMEDIATE", "make the tables", err) != 0) return -1;
    if (take_steps(history, err) != 0 ||
        pb_history_exec(history, "COMMIT", "make the tables", err) != 0) {
        (void)sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
        return -1;
    }
    /* For readers beside a writer. Refused while another process is in; then it stays as it is. */
    (void)sqlite3_exec(history->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    return 0;
}
