/* SPDX-License-Identifier: MIT */
#ifndef PB_HISTORY_DATABASE_H
#define PB_HISTORY_DATABASE_H

#include "harness/history/history.h"

#include <sqlite3.h>

/* SQLite behind the history: used by its own files only. */
struct pb_history {
    sqlite3 *db;
    char *path;
};

/* Sets "history <path>: <what>: <SQLite's reason>: what to do". Returns -1. */
int pb_history_err(const struct pb_history *history, struct pb_err *err, const char *what);
int pb_history_exec(struct pb_history *history, const char *sql, const char *what,
                    struct pb_err *err) PB_MUST_CHECK;
sqlite3_stmt *pb_history_prepare(struct pb_history *history, const char *sql, struct pb_err *err);
/* The first column of the first row of a statement without parameters. */
int pb_history_number(struct pb_history *history, const char *sql, int64_t *out,
                      struct pb_err *err) PB_MUST_CHECK;

/* schema.c: makes the tables, or brings them up to date. */
int pb_history_migrate(struct pb_history *history, struct pb_err *err) PB_MUST_CHECK;

#endif
