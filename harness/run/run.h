/* SPDX-License-Identifier: MIT */
#ifndef PB_RUN_H
#define PB_RUN_H

#include "base/err.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One run: registries x phases x arms x rounds, from command line to journal. The caller keeps the
 * options alive. See docs/design.md section 5 for the life of a sample.
 */
#define PB_RUN_LIST_MAX 64
struct pb_run_list {
    const char *items[PB_RUN_LIST_MAX];
    size_t n;
};

struct pb_run_options {
    const char *project;  /* folder with package.json, name of a bundled one, or NULL: synthetic */
    const char *snapshot; /* folder for the replayed registry, or NULL: by the project */
    struct pb_run_list arms; /* arm texts; empty: the default managers that are found */
    struct pb_run_list phases, registries; /* empty: the default phases; replay */
    struct pb_run_list traces;             /* deep levels of extra samples: pb_trace_names() */
    long trace_samples;                    /* how many of each level; 0: one */
    struct pb_run_list phase_dirs, manager_dirs; /* users' own files */
    const char *out;     /* result folder; must not hold results unless `resume` */
    const char *cache;   /* NULL: the default cache folder */
    const char *title;   /* or NULL */
    const char *package; /* that "add" phases add, or NULL */
    /* Counted rounds. With a baseline the gate's rule chooses (harness/gate/verdict.h) and this is
     * the most that one stage may have. */
    long rounds;
    const char *baseline; /* arm that the candidates are compared with, or NULL: a fixed number */
    struct pb_run_list candidates; /* empty: every other arm but "limit" */
    const char *rules, *floor;     /* files as in harness/gate/rules.h, or NULL */
    int64_t budget_ns; /* no further round beyond the first five is begun after this; 0: no end */
    double precision;  /* wanted half-width of the intervals, log units; 0: none */
    int64_t timeout_ns, linger_ns;
    uint64_t seed;      /* of the order */
    bool resume;        /* continue the run of `out` (its options are kept there) */
    bool keep;          /* leave the work folder for a look */
    const char *server; /* that replays: "embedded" (or NULL) or "nginx" */
    const char *netns;  /* private network: "auto", "on" or "off" */
    const char *link;   /* to emulate (pb_link_parse), or NULL */
    const char *fs;     /* to make for the samples (pb_scratch_fs_kinds), or NULL */
    const char *pin;    /* processors of the commands (pb_cpu_list_parse), or NULL: all */
    bool cold_disk;     /* drop the page cache before each sample */
    bool strict;        /* a disturbed sample does not count */
    const char
        *delayed_arm; /* or NULL: whose commands are delayed by `delay_permille` of their time */
    unsigned delay_permille;
    const char *command_line;            /* for the journal */
    const volatile sig_atomic_t *cancel; /* set by a signal handler: finish the journal and stop */
};

struct pb_run_summary {
    size_t samples, samples_contaminated; /* in the journal, those of a resumed run included */
    bool cancelled;
};

/* USAGE when a list of trace levels has an unknown one. */
int pb_run_check_traces(const struct pb_run_list *traces, struct pb_err *err) PB_MUST_CHECK;

/* On failure the journal holds what was measured until then. */
int pb_run(const struct pb_run_options *options, struct pb_run_summary *out,
           struct pb_err *err) PB_MUST_CHECK;

/* Records a snapshot of options->project that all arms of the options can be measured with, by the
 * registry of npm's configuration. Uses project, arms, phases, manager_dirs, phase_dirs, cache,
 * package and the times. */
int pb_run_record(const struct pb_run_options *options, const char *snapshot,
                  struct pb_err *err) PB_MUST_CHECK;

#endif
