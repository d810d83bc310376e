/* SPDX-License-Identifier: MIT */
#ifndef PB_JOURNAL_H
#define PB_JOURNAL_H

#include "base/arena.h"
#include "base/err.h"
#include "harness/journal/metric.h"

/*
 * journal.jsonl, schema "phasebench/1": the source of truth of a result folder. One JSON object per
 * line, flushed with fdatasync; a cut last line is ignored by the reader. Line types, by "type":
 *   run     once, first: what was run, where, with which versions and policies
 *   arm     once per arm: manager, binary, version, digest, policy table
 *   seed    once per (registry, phase, arm): lock and store put ready, or why not
 *   tree    the packages of a tree, before the first sample that made it
 *   sample  one per measured execution
 *   event   anything worth a line (warnings, contamination, resumed)
 *   end     once, last: finished, interrupted or failed
 * Unavailable figures are null with a reason: "metrics":{"wall_ns":1,"rss_tree_peak_bytes":null},
 * "missing":{"rss_tree_peak_bytes":"why"}.
 */
struct pb_kv {
    const char *key, *value;
};

#define PB_JOURNAL_ISOLATION_MAX 8

struct pb_journal_run {
    const char *id, *title, *project, *snapshot, *snapshot_digest, *started_utc, *version, *host_os,
        *kernel, *cpu, *filesystem, *command_line, *order_seed;
    const char *platform;      /* "linux-x64" */
    const char *registries[8]; /* labels in order */
    const char *phases[16];    /* keys in order */
    const char *arms[256];     /* names in order */
    size_t registry_count, phase_count, arm_count;
    unsigned cpus, rounds;
    int64_t memory_bytes;
    const char *probe_level; /* available probe groups: "cgroup process launcher ..." */
    const char *policy_hash;
    /* What the samples were kept apart from: "network" -> "private: ...". In order. */
    struct pb_kv isolation[PB_JOURNAL_ISOLATION_MAX];
    size_t isolation_count;
    const char *candidates[256]; /* arms that the run compares with its baseline, to be gated */
    size_t candidate_count;
    /* Texts of the files that the run's decisions went by (harness/gate/rules.h); NULL: none. */
    const char *gate_rules, *gate_floor;
};
struct pb_journal_arm {
    const char *name, *manager, *binary, *version, *binary_sha256, *baseline_of;
    const struct pb_kv *policy; /* fairness table: scripts, audit, linker, release age ... */
    size_t policy_count;
    const struct pb_kv *env; /* extra environment that makes it an arm of its own */
    size_t env_count;
};

/* The packages of a tree, once for each tree_digest of the samples. */
struct pb_journal_tree {
    const char *digest;
    const char *const *packages; /* distinct "name@version", sorted */
    size_t package_count;
};

enum pb_outcome {
    PB_OUTCOME_OK,
    PB_OUTCOME_FAILED,       /* the command exited non-zero, crashed or ran into its timeout */
    PB_OUTCOME_INVALID,      /* ran, but a validity check failed */
    PB_OUTCOME_CONTAMINATED, /* ran and holds, but the machine disturbed it */
    PB_OUTCOME_SEED_FAILED,  /* the before-state could not be made */
    PB_OUTCOME_UNSUPPORTED   /* the manager cannot do this phase */
};
const char *pb_outcome_name(enum pb_outcome outcome);

/* A flagged cell is measured again on fresh state; those samples never mix with the first ones. */
enum pb_stage { PB_STAGE_SCREEN, PB_STAGE_CONFIRM, PB_STAGE_COUNT };

struct pb_journal_check {
    const char *name, *reason; /* reason NULL: passed */
};

struct pb_sample {
    const char *registry, *phase, *arm;
    enum pb_stage stage;
    int round;   /* within its stage: 0 = warm-up (not counted), then 1.. */
    int slot;    /* position within its round, from 0 */
    bool traced; /* an extra sample of a deep level; never mixed with timing */
    int64_t started_wallclock_ns;
    enum pb_outcome outcome;
    const char *reason;    /* NULL when OK */
    int exit_code, signal; /* exit_code -1 when killed */
    bool timed_out;
    struct pb_metric_values metrics;
    struct pb_journal_check checks[32]; /* only failed ones and those with a remark */
    size_t check_count;
    const char *tree_digest, *lock_digest; /* NULL: not taken */
    const char *output_tail;               /* end of stdout+stderr of a failed command, else NULL */
    const char *trace;                     /* level of a traced sample ("sched", ...), else NULL */
    const char *detail_json; /* what the trace found (harness/probes/trace_detail.h), or NULL */
    const char *counts_json; /* the manager's own counts (plumb --stats), else NULL */
};
/* Failed before any sample: outcome SEED_FAILED or UNSUPPORTED for a whole cell. */
struct pb_journal_seed {
    const char *registry, *phase, *arm;
    enum pb_outcome outcome;
    const char *reason;
};

/* Writing. Opens for append (a resumed run continues the same file). */
struct pb_journal;
struct pb_journal *pb_journal_open(const char *dir, struct pb_err *err);
int pb_journal_write_run(struct pb_journal *j, const struct pb_journal_run *run,
                         struct pb_err *err) PB_MUST_CHECK;
int pb_journal_write_arm(struct pb_journal *j, const struct pb_journal_arm *arm,
                         struct pb_err *err) PB_MUST_CHECK;
int pb_journal_write_seed(struct pb_journal *j, const struct pb_journal_seed *seed,
                          struct pb_err *err) PB_MUST_CHECK;
int pb_journal_write_tree(struct pb_journal *j, const struct pb_journal_tree *tree,
                          struct pb_err *err) PB_MUST_CHECK;
int pb_journal_write_sample(struct pb_journal *j, const struct pb_sample *sample,
                            struct pb_err *err) PB_MUST_CHECK;
int pb_journal_write_event(struct pb_journal *j, const char *kind, const char *text,
                           struct pb_err *err) PB_MUST_CHECK;
int pb_journal_write_end(struct pb_journal *j, const char *how, struct pb_err *err) PB_MUST_CHECK;
void pb_journal_close(struct pb_journal *j);

/* Reading. Unknown line types and keys are skipped; damaged lines are counted and, in the middle of
 * the file, named in `problems`. Everything lives in the arena of the result. */
struct pb_journal_data {
    struct pb_arena arena;
    struct pb_journal_run run;
    struct pb_journal_arm *arms;
    size_t arm_count;
    struct pb_journal_seed *seeds;
    size_t seed_count;
    struct pb_journal_tree *trees;
    size_t tree_count;
    struct pb_sample **samples; /* in file order */
    size_t sample_count;
    const char **problems; /* what is missing or damaged, one line each */
    size_t problem_count;
    bool ended; /* an end line "finished" was seen */
};
/* NULL when there is none of this digest. */
const struct pb_journal_tree *pb_journal_tree_find(const struct pb_journal_data *data,
                                                   const char *digest);
int pb_journal_read(const char *dir, struct pb_journal_data *out, struct pb_err *err) PB_MUST_CHECK;
void pb_journal_data_release(struct pb_journal_data *data);

#endif
