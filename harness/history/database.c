/* SPDX-License-Identifier: MIT */
#include "harness/history/database.h"

#include "base/fs.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_TIMEOUT_MS = 30000 };

int pb_history_err(const struct pb_history *history, struct pb_err *err, const char *what)
{
    int code = history->db ? sqlite3_errcode(history->db) : SQLITE_NOMEM;
    const char *why = history->db ? sqlite3_errmsg(history->db) : "out of memory";
    switch (code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return pb_err_set(err, PB_E_INTEGRITY,
                          "history %s: %s: the file is damaged (%s): move it away and add the "
                          "result folders again",
                          history->path, what, why);
    case SQLITE_BUSY:
        return pb_err_set(err, PB_E_TIMEOUT,
                          "history %s: %s: another process has held it for %d s: try again",
                          history->path, what, BUSY_TIMEOUT_MS / 1000);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        return pb_err_set(err, PB_E_SYSTEM,
                          "history %s: %s: %s: it and its folder must be writable, also for "
                          "reading",
                          history->path, what, why);
    default:
        return pb_err_set(err, PB_E_SYSTEM, "history %s: %s: %s", history->path, what, why);
    }
}

int pb_history_exec(struct pb_history *history, const char *sql, const char *what,
                    struct pb_err *err)
{
    if (sqlite3_exec(history->db, sql, NULL, NULL, NULL) == SQLITE_OK) return 0;
    return pb_history_err(history, err, what);
}

sqlite3_stmt *pb_history_prepare(struct pb_history *history, const char *sql, struct pb_err *err)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(history->db, sql, -1, &statement, NULL) == SQLITE_OK) return statement;
    pb_history_err(history, err, "ask");
    return NULL;
}

int pb_history_number(struct pb_history *history, const char *sql, int64_t *out, struct pb_err *err)
{
    sqlite3_stmt *statement = pb_history_prepare(history, sql, err);
    if (!statement) return -1;
    int rc = sqlite3_step(statement);
    *out = rc == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    if (rc != SQLITE_ROW) pb_history_err(history, err, "read");
    sqlite3_finalize(statement);
    return rc == SQLITE_ROW ? 0 : -1;
}

static int make_folder(const char *path, struct pb_err *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) return 0;
    PB_AUTO_BUF struct pb_buf folder = PB_BUF_INIT(1 << 16);
    pb_buf_add(&folder, path, (size_t)(slash - path));
    if (!pb_buf_ok(&folder))
        return pb_err_set(err, PB_E_LIMIT, "history: the path is too long: %.200s...", path);
    return pb_mkdir_p(AT_FDCWD, folder.p, err);
}

/* A cheap look at the pages; damage in them is named now rather than in the middle of an answer. */
static int check_pages(struct pb_history *history, struct pb_err *err)
{
    sqlite3_stmt *statement = pb_history_prepare(history, "PRAGMA quick_check(1)", err);
    if (!statement) return -1;
    int rc = sqlite3_step(statement);
    const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    bool fine = text && strcmp(text, "ok") == 0;
    if (rc != SQLITE_ROW)
        pb_history_err(history, err, "open");
    else if (!fine)
        pb_err_set(err, PB_E_INTEGRITY,
                   "history %s: the file is damaged (%.200s): move it away and add the result "
                   "folders again",
                   history->path, text ? text : "no answer");
    sqlite3_finalize(statement);
    return fine ? 0 : -1;
}

static int open_file(struct pb_history *history, struct pb_err *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(history->path, &history->db, flags, NULL) != SQLITE_OK)
        return pb_history_err(history, err, "open");
    sqlite3_busy_timeout(history->db, BUSY_TIMEOUT_MS);
    if (pb_history_exec(history, "PRAGMA foreign_keys = ON", "open", err) != 0 ||
        pb_history_exec(history, "PRAGMA trusted_schema = OFF", "open", err) != 0 ||
        check_pages(history, err) != 0)
        return -1;
    return pb_history_migrate(history, err);
}

struct pb_history *pb_history_open(const char *path, enum pb_history_mode mode, struct pb_err *err)
{
    if (mode == PB_HISTORY_WRITE && make_folder(path, err) != 0) return NULL;
    if (mode == PB_HISTORY_READ && !pb_exists(AT_FDCWD, path)) {
        pb_err_set(err, PB_E_NOT_FOUND,
                   "history %s: there is none yet: add a result folder by phasebench history add",
                   path);
        return NULL;
    }
    struct pb_history *history = pb_calloc(1, sizeof *history);
    history->path = pb_strdup(path);
    if (open_file(history, err) == 0) return history;
    pb_history_close(history);
    return NULL;
}

void pb_history_close(struct pb_history *history)
{
    if (!history) return;
    sqlite3_close(history->db);
    free(history->path);
    free(history);
}
