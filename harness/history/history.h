/* SPDX-License-Identifier: MIT */
#ifndef PB_HISTORY_H
#define PB_HISTORY_H

#include "base/arena.h"
#include "base/err.h"

/*
 * The history of runs in one SQLite file: per run and cell the ratio to a reference arm of the same
 * run, since absolute times of different days and machines do not compare. Several processes may
 * use the file at once: writers wait for each other up to 30 seconds. Needs a local file system
 * (write-ahead log).
 */
struct pb_history;

enum pb_history_mode {
    PB_HISTORY_READ, /* the file must be there */
    PB_HISTORY_WRITE /* makes it, with its folder */
};
/* Brings an older schema up to date (also for reading); refuses a newer one, other databases, and
 * damaged files by name. */
struct pb_history *pb_history_open(const char *path, enum pb_history_mode mode, struct pb_err *err);
void pb_history_close(struct pb_history *history);

/* Strings are borrowed; NULL: not known. `id` and `started_utc` are always there. */
struct pb_history_run {
    const char *id, *started_utc, *commit, *label, *platform, *project, *snapshot_digest,
        *policy_hash, *machine, *version;
};
struct pb_history_key {
    const char *project, *platform, *registry, *phase, *arm, *reference, *metric;
};
struct pb_history_point {
    struct pb_history_key key; /* project and platform are the run's */
    bool has;                  /* else `reason` says why there is no ratio */
    double log_ratio;          /* Hodges-Lehmann over the run's rounds */
    bool has_interval;
    double low, high, level;
    size_t pairs;
    double median, least; /* of the arm itself, in the metric's unit; NaN: not known */
    const char *reason;
};

/* All of it or nothing. A run that is there already is left alone: *added false. */
int pb_history_add(struct pb_history *history, const struct pb_history_run *run,
                   const struct pb_history_point *points, size_t count, bool *added,
                   struct pb_err *err) PB_MUST_CHECK;

struct pb_history_runs {
    struct pb_history_run *items; /* by start */
    size_t n;
};
int pb_history_list(struct pb_history *history, struct pb_arena *arena, struct pb_history_runs *out,
                    struct pb_err *err) PB_MUST_CHECK;

/* The points of one key, by start of their runs. */
struct pb_history_entry {
    const struct pb_history_run *run;
    struct pb_history_point point;
};
struct pb_history_series {
    struct pb_history_key key;
    struct pb_history_entry *entries;
    size_t n;
};
struct pb_history_result {
    struct pb_history_series *items; /* by key */
    size_t n;
};
/* Members of the filter that are NULL match all. Everything is in the arena. */
int pb_history_find(struct pb_history *history, struct pb_arena *arena,
                    const struct pb_history_key *filter, struct pb_history_result *out,
                    struct pb_err *err) PB_MUST_CHECK;

#endif
