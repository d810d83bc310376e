/* SPDX-License-Identifier: MIT */
#ifndef PB_RUN_CONTEXT_H
#define PB_RUN_CONTEXT_H

#include "base/map.h"
#include "harness/gate/gate.h"
#include "harness/journal/journal.h"
#include "harness/plan/arm.h"
#include "harness/plan/phase.h"
#include "harness/probes/instruments.h"
#include "harness/probes/probe.h"
#include "harness/probes/trace_level.h"
#include "harness/run/isolation.h"
#include "harness/run/leg.h"
#include "harness/run/progress.h"
#include "harness/run/run.h"

#include <sys/stat.h>

/* What the parts of a run share; inside harness/run only. Everything lives in the arena. */

/* The before-states of one arm on one registry, made once and only when a phase needs them. */
struct pb_seed {
    bool lock_tried, warm_tried;
    const char *lock_reason, *warm_reason; /* why it could not be made; NULL: it was */
    const char *lock_dir;                  /* holds the pristine lockfiles */
    struct pb_workspace warm;              /* whose store and metadata are kept */
};

struct pb_run_cell {
    bool dead;               /* leaves the rounds: failed, invalid, unsupported or without seed */
    const char *tree_digest; /* of its first valid sample */
    bool *done[PB_STAGE_COUNT];      /* by round: in the journal already (resumed run) */
    unsigned traced[PB_TRACE_COUNT]; /* how many extra samples are in the journal */
};

struct pb_run_trace {
    enum pb_trace_level level;
    struct pb_instruments instruments;
    struct pb_trace_files files; /* of a timeline, below the result folder */
    const char *spans_path;      /* absolute; NULL: the manager writes none */
};

struct pb_run {
    struct pb_arena arena;
    const struct pb_run_options *options;
    struct pb_manager *managers;
    size_t manager_count;
    const struct pb_phase *phases[16];
    size_t phase_count;
    struct pb_arm *arms;
    struct stat *binaries; /* of the arms, as they were at the start */
    size_t arm_count;
    struct pb_leg legs[8];
    size_t leg_count;
    const char *project_source, *project_name, *snapshot; /* snapshot NULL: none needed */
    const char *out_dir, *cache_dir;
    struct pb_run_isolation isolation;
    const char *work_dir; /* of this process: below out_dir/work */
    const char *template_dir;
    char manifests[65]; /* digest of the template's package.json files, as it was made */
    struct pb_journal *journal;
    struct pb_map known_trees; /* by digest: those whose packages are in the journal */
    struct pb_probe_set *probes;
    struct pb_instruments instruments;
    struct pb_run_trace *trace; /* of the extra sample that is taken now, else NULL */
    bool trace_loss_told[PB_TRACE_COUNT];
    enum pb_stage stage;               /* of the samples that are taken now */
    struct pb_seed *seeds;             /* [stage][leg][arm] */
    struct pb_run_cell *cells;         /* [leg][phase][arm] */
    struct pb_cell_progress *progress; /* likewise */
    unsigned next_workspace;
    /* With a baseline. */
    bool is_paired;
    size_t baseline, candidates[256], candidate_count; /* indices of arms */
    struct pb_gate_rules rules;
    const char *rules_text, *floor_text;
    int64_t deadline_ns; /* monotonic; 0: none */
    struct pb_run_summary summary;
};

static inline struct pb_seed *pb_run_seed(struct pb_run *run, size_t leg, size_t arm)
{
    return &run->seeds[(run->stage * run->leg_count + leg) * run->arm_count + arm];
}
static inline struct pb_run_cell *pb_run_cell(struct pb_run *run, size_t leg, size_t phase,
                                              size_t arm)
{
    return &run->cells[(leg * run->phase_count + phase) * run->arm_count + arm];
}
static inline bool pb_run_cancelled(const struct pb_run *run)
{
    return run->options->cancel && *run->options->cancel;
}

static inline struct pb_cell_progress *pb_run_progress(struct pb_run *run, size_t leg, size_t phase,
                                                       size_t arm)
{
    return &run->progress[pb_run_cell(run, leg, phase, arm) - run->cells];
}

/* A fresh workspace of this run, named for people who look into the work folder. */
int pb_run_workspace(struct pb_run *run, const char *purpose, const struct pb_workspace *kept,
                     struct pb_workspace *out, struct pb_err *err) PB_MUST_CHECK;

/* Runs an action of the arm in the workspace. `gate` may be NULL. The manager can do it (see
 * pb_arm_argv). */
struct pb_command {
    const struct pb_workspace *ws;
    const struct pb_arm *arm;
    const char *registry_url;
    const struct pb_namespaces *namespaces; /* or NULL: ours */
    enum pb_action action;
    const char *trace_path; /* where the manager shall write its stage spans; NULL: it shall not */
    int (*gate)(void *arg, pid_t pid, struct pb_err *err);
    void *gate_arg;
};
int pb_command_run(struct pb_run *run, const struct pb_command *command,
                   struct pb_launch_result *result, struct pb_err *err) PB_MUST_CHECK;
/* As above, untimed: anything but a success is an error that quotes the end of the output. */
int pb_command_check(struct pb_run *run, const struct pb_command *command,
                     struct pb_err *err) PB_MUST_CHECK;
/* The end of a text file, control characters replaced; "" when there is none. */
const char *pb_output_tail(struct pb_arena *arena, const char *path, size_t max_bytes);

/* Makes what `phase` needs (once); NULL when it is there, else the reason. */
const char *pb_seed_ensure(struct pb_run *run, size_t leg, size_t arm,
                           const struct pb_phase *phase);

/* Takes one sample and writes it to the journal. -1 only when the run cannot go on. */
int pb_sample_take(struct pb_run *run, size_t leg, size_t phase, size_t arm, int round, int slot,
                   struct pb_err *err) PB_MUST_CHECK;

/* Puts the packages of a tree into the journal, unless they are there. */
int pb_run_note_tree(struct pb_run *run, const struct pb_inventory *inventory,
                     struct pb_err *err) PB_MUST_CHECK;
void pb_run_know_tree(struct pb_run *run, const char *digest);

/* Some arms of one phase. */
struct pb_round_set {
    size_t leg, phase;
    size_t arms[256], arm_count;
};
/* Rounds 0 (the warm-up) to `last` of the run's stage, as far as they are not done. Arms that
 * cannot be measured leave the set and get their line in the journal. With a deadline it stops
 * between two rounds; then *out_of_time is set (may be NULL: no deadline). */
int pb_round_set_run(struct pb_run *run, const struct pb_round_set *set, int last,
                     bool *out_of_time, struct pb_err *err) PB_MUST_CHECK;

/* What pairs still want, by the gate's rule over the journal: more rounds, then confirmation on
 * fresh state. The leg is started, and started afresh for the confirmation. */
int pb_adaptive_rounds_run(struct pb_run *run, size_t leg, struct pb_err *err) PB_MUST_CHECK;
/* One extra sample of each arm for each level of options->traces. */
int pb_run_trace_phase(struct pb_run *run, size_t leg, size_t phase,
                       struct pb_err *err) PB_MUST_CHECK;
/* Around the command of such a sample (run->trace); the end fills its trace and detail. */
int pb_run_trace_begin(struct pb_run *run, const struct pb_leg *leg, const struct pb_arm *arm,
                       const struct pb_sample *sample, struct pb_err *err) PB_MUST_CHECK;
int pb_run_trace_end(struct pb_run *run, const struct pb_leg *leg, struct pb_sample *sample,
                     struct pb_err *err) PB_MUST_CHECK;

/* All rounds of all phases of one started leg. */
int pb_rounds_run(struct pb_run *run, size_t leg, struct pb_err *err) PB_MUST_CHECK;

/* Before a sample: deletes earlier workspaces, on a file system of the run's own that does it
 * cheaply always, elsewhere when it runs full; that the journal says, because it may disturb what
 * follows. */
int pb_disk_guard(struct pb_run *run, struct pb_err *err) PB_MUST_CHECK;
/* Before the samples of a phase, on another file system of the run's own (--fs): the same when less
 * than half of it is free, so that the guard need not delete between samples. */
int pb_disk_make_room(struct pb_run *run, struct pb_err *err) PB_MUST_CHECK;

#endif
