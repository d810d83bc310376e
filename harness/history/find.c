/* SPDX-License-Identifier: MIT */
#include "harness/history/database.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RUN_COLUMNS                                                                                \
    "run.id, run.started_utc, run.commit_id, run.label, run.platform, run.project, "               \
    "run.snapshot_digest, run.policy_hash, run.machine, run.version"
enum { RUN_COLUMN_COUNT = 10 };

static const char *text_of(struct pb_arena *arena, sqlite3_stmt *row, int at)
{
    const char *text = (const char *)sqlite3_column_text(row, at);
    return text ? pb_arena_cstr(arena, pb_strn(text, (size_t)sqlite3_column_bytes(row, at))) : NULL;
}

static struct pb_history_run run_of(struct pb_arena *arena, sqlite3_stmt *row)
{
    return (struct pb_history_run){.id = text_of(arena, row, 0),
                                   .started_utc = text_of(arena, row, 1),
                                   .commit = text_of(arena, row, 2),
                                   .label = text_of(arena, row, 3),
                                   .platform = text_of(arena, row, 4),
                                   .project = text_of(arena, row, 5),
                                   .snapshot_digest = text_of(arena, row, 6),
                                   .policy_hash = text_of(arena, row, 7),
                                   .machine = text_of(arena, row, 8),
                                   .version = text_of(arena, row, 9)};
}

int pb_history_list(struct pb_history *history, struct pb_arena *arena, struct pb_history_runs *out,
                    struct pb_err *err)
{
    struct pb_history_run *items = NULL;
    size_t n = 0, cap = 0;
    int rc;
    sqlite3_stmt *row = pb_history_prepare(
        history, "SELECT " RUN_COLUMNS " FROM run ORDER BY started_utc, key", err);
    if (!row) return -1;
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        PB_GROW(items, cap, n + 1);
        items[n++] = run_of(arena, row);
    }
    if (rc != SQLITE_DONE) pb_history_err(history, err, "read the runs");
    sqlite3_finalize(row);
    out->n = n;
    out->items = PB_ARENA_ARRAY(arena, struct pb_history_run, n);
    if (n) memcpy(out->items, items, n * sizeof *items);
    free(items);
    return rc == SQLITE_DONE ? 0 : -1;
}

static double number_of(sqlite3_stmt *row, int at)
{
    return sqlite3_column_type(row, at) == SQLITE_NULL ? NAN : sqlite3_column_double(row, at);
}

static struct pb_history_point point_of(struct pb_arena *arena, sqlite3_stmt *row,
                                        const struct pb_history_run *run)
{
    int at = RUN_COLUMN_COUNT;
    struct pb_history_point p = {.key = {.project = run->project,
                                         .platform = run->platform,
                                         .registry = text_of(arena, row, at),
                                         .phase = text_of(arena, row, at + 1),
                                         .arm = text_of(arena, row, at + 2),
                                         .reference = text_of(arena, row, at + 3),
                                         .metric = text_of(arena, row, at + 4)},
                                 .log_ratio = number_of(row, at + 5),
                                 .low = number_of(row, at + 6),
                                 .high = number_of(row, at + 7),
                                 .level = number_of(row, at + 8),
                                 .pairs = (size_t)sqlite3_column_int64(row, at + 9),
                                 .median = number_of(row, at + 10),
                                 .least = number_of(row, at + 11),
                                 .reason = text_of(arena, row, at + 12)};
    p.has = isfinite(p.log_ratio);
    p.has_interval = isfinite(p.low) && isfinite(p.high);
    return p;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_key(const struct pb_history_key *a, const struct pb_history_key *b)
{
    return same(a->project, b->project) && same(a->platform, b->platform) &&
           same(a->registry, b->registry) && same(a->phase, b->phase) && same(a->arm, b->arm) &&
           same(a->reference, b->reference) && same(a->metric, b->metric);
}

/* Entries come by key and start: cut where the key changes. */
static void cut_into_series(struct pb_arena *arena, const struct pb_history_entry *entries,
                            size_t n, struct pb_history_result *out)
{
    struct pb_history_entry *kept = PB_ARENA_ARRAY(arena, struct pb_history_entry, n);
    if (n) memcpy(kept, entries, n * sizeof *kept);
    for (size_t i = 0; i < n; i++)
        out->n += i == 0 || !same_key(&kept[i - 1].point.key, &kept[i].point.key);
    out->items = PB_ARENA_ARRAY(arena, struct pb_history_series, out->n);
    struct pb_history_series *series = out->items;
    for (size_t i = 0; i < n; i++) {
        if (i && !same_key(&kept[i - 1].point.key, &kept[i].point.key)) series++;
        if (series->n++ == 0) {
            series->key = kept[i].point.key;
            series->entries = &kept[i];
        }
    }
}

static void bind_filter(sqlite3_stmt *statement, const struct pb_history_key *f)
{
    const char *const values[] = {f->project, f->platform,  f->registry, f->phase,
                                  f->arm,     f->reference, f->metric};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        sqlite3_bind_text(statement, (int)i + 1, values[i], -1, SQLITE_STATIC);
}

int pb_history_find(struct pb_history *history, struct pb_arena *arena,
                    const struct pb_history_key *filter, struct pb_history_result *out,
                    struct pb_err *err)
{
    struct pb_history_entry *entries = NULL;
    size_t n = 0, cap = 0;
    int rc;
    *out = (struct pb_history_result){0};
    sqlite3_stmt *row = pb_history_prepare(
        history,
        "SELECT " RUN_COLUMNS ", registry, phase, arm, reference, metric, log_ratio, low, high, "
        "level, pairs, median, least, reason FROM point JOIN run ON run.key = point.run "
        "WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR platform = ?2) "
        "AND (?3 IS NULL OR registry = ?3) AND (?4 IS NULL OR phase = ?4) "
        "AND (?5 IS NULL OR arm = ?5) AND (?6 IS NULL OR reference = ?6) "
        "AND (?7 IS NULL OR metric = ?7) "
        "ORDER BY project, platform, registry, phase, arm, reference, metric, started_utc, run.key",
        err);
    if (!row) return -1;
    bind_filter(row, filter);
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        struct pb_history_run *run = PB_ARENA_NEW(arena, struct pb_history_run);
        *run = run_of(arena, row);
        PB_GROW(entries, cap, n + 1);
        entries[n++] = (struct pb_history_entry){run, point_of(arena, row, run)};
    }
    if (rc != SQLITE_DONE) pb_history_err(history, err, "read the points");
    sqlite3_finalize(row);
    cut_into_series(arena, entries, n, out);
    free(entries);
    return rc == SQLITE_DONE ? 0 : -1;
}
