/* SPDX-License-Identifier: MIT */
#ifndef PB_RUN_CHECK_H
#define PB_RUN_CHECK_H

#include "harness/journal/journal.h"

/*
 * Checks of a whole run, over its journal: what no single sample can show. Made again with every
 * report. A new one is a function and a row in run_check_table.c.
 */
enum pb_finding_effect {
    PB_FINDING_CELL,       /* the cells have no valid figures */
    PB_FINDING_COMPARISON, /* their figures hold, but do not compare with others */
    PB_FINDING_RUN,        /* figures hold, but the whole result is doubtful */
    PB_FINDING_REMARK      /* worth knowing when reading the figures */
};

struct pb_run_finding {
    const char *check;
    const char *registry, *phase, *arm; /* NULL: all of them */
    const char *reason;
    enum pb_finding_effect effect;
};

/* The samples of one cell and stage that are not traced, by round. */
struct pb_run_rows {
    const char *registry, *phase, *arm;
    enum pb_stage stage;
    const struct pb_sample **samples;
    size_t n;
};

struct pb_run_judging {
    struct pb_arena *arena; /* of the findings */
    const struct pb_journal_data *journal;
    struct pb_run_rows *rows; /* sorted by registry, phase, stage, arm */
    size_t row_count;
    struct pb_run_finding *findings;
    size_t finding_count, cap;
};

struct pb_run_check {
    const char *name, *help;
    const char *lesson; /* the published mistake it would have caught */
    void (*run)(struct pb_run_judging *judging, const struct pb_run_check *self);
};
extern const struct pb_run_check pb_run_check_table[];
extern const size_t pb_run_check_count;

/* *out must be freed; its texts live in the arena or in the journal. */
void pb_run_checks_judge(struct pb_arena *arena, const struct pb_journal_data *journal,
                         struct pb_run_finding **out, size_t *n);

/* For checks. The reason is formatted into the arena. */
void pb_run_find(struct pb_run_judging *j, struct pb_run_finding finding, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Whether both are of one registry, phase and stage. */
bool pb_run_same_phase(const struct pb_run_rows *a, const struct pb_run_rows *b);
/* Whether a sample counts: round 1 or later, and its figures hold. */
bool pb_run_row_counts(const struct pb_sample *sample);

/* Whether two arms are one program with one environment: what they differ by is noise or bias. */
bool pb_run_arms_identical(const struct pb_journal_arm *a, const struct pb_journal_arm *b);

/* In run_check_rows.c, run_check_arms.c and run_check_work.c. */
#define PB_RUN_CHECK_FUNCTION(name)                                                                \
    void pb_run_check_##name(struct pb_run_judging *judging, const struct pb_run_check *self)
PB_RUN_CHECK_FUNCTION(rows_unique);
PB_RUN_CHECK_FUNCTION(rows_complete);
PB_RUN_CHECK_FUNCTION(warmed_up);
PB_RUN_CHECK_FUNCTION(rounds_interleaved);
PB_RUN_CHECK_FUNCTION(identical_arms_agree);
PB_RUN_CHECK_FUNCTION(policy_equal);
PB_RUN_CHECK_FUNCTION(same_work);
PB_RUN_CHECK_FUNCTION(same_metadata_form);
PB_RUN_CHECK_FUNCTION(mostly_undisturbed);

#endif
