/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_MODEL_H
#define PB_REPORT_MODEL_H

#include "harness/gate/gate.h"
#include "harness/journal/journal.h"
#include "reports/time_split.h"

/*
 * What every report is made from: the journal, sorted into cells. Formats only read it; all
 * arithmetic is done here (with harness/stats).
 */

/* A cell against another one of its phase, paired by round. */
struct pb_comparison {
    bool has;
    const char *reason; /* why not */
    struct pb_paired paired;
};

/* A digest that all counted samples of a cell should share. */
struct pb_common_digest {
    const char *digest; /* of the first sample that has one, NULL: never taken */
    bool varies;        /* a later sample had another one */
};

struct pb_cell {
    const char *registry, *phase, *arm;
    enum pb_outcome outcome; /* OK when at least one counted sample is and none failed */
    const char *reason;
    const char *not_comparable; /* why its figures hold for themselves alone; NULL: they compare */
    bool was_tried;             /* the journal has a line of it, be it of a warm-up or a seed */
    const struct pb_sample *
        *samples; /* counted ones (first stage, round >= 1, not traced), by round */
    size_t sample_count, attempted;
    const struct pb_sample **confirming; /* of the stage after a flag: for the verdict alone */
    size_t confirming_count;
    struct {
        bool has;
        const char *reason;                /* why not */
        double mean, sd, min, max, median; /* sample standard deviation, n-1; 0 for n = 1 */
        size_t n;
    } metric[PB_METRIC_COUNT];
    struct pb_common_digest tree, lock;
    /* Where the wall time lies: signed-rank interval of its logarithms, back in ns. */
    struct {
        bool has; /* from 5 samples on */
        double low, high, level;
    } wall_interval;
    struct pb_time_splits time; /* where it went, by traced samples */
    bool *is_outlier;           /* by sample: the wall time is far from the others' */
    double over_fastest; /* median wall time over that of the phase's fastest; 0: no figures */

    /* Set by pb_report_model_compare(). */
    struct pb_comparison *against_baseline; /* PB_METRIC_COUNT; NULL for the baseline itself */
    struct pb_comparison against_limit;     /* of the wall time */
    enum pb_verdict verdict;                /* of the wall time against the baseline's */
    const char *verdict_reason;             /* NULL: baseline, limit, no baseline */
};

struct pb_report_phase {
    const char *key;
    struct pb_cell *
        *cells; /* one per arm in table order: sorted by arm name as the seed tables do */
    size_t cell_count;
    struct pb_cell **ranked; /* the same, by median wall time; those without figures last */
    /* The arm with the smallest median wall time, the limit arm aside; NULL: no figures. */
    const struct pb_cell *fastest;
    const struct pb_cell
        *runner_up;          /* the next one, of another manager if there is one; NULL: none */
    const char *work_remark; /* how the arms' work differs; NULL: it does not */
    size_t contestants;      /* arms with figures, the limit arm aside */

    /* Set by pb_report_model_compare(). */
    const struct pb_cell *baseline, *limit; /* NULL: none */
    struct pb_comparison lead; /* the runner-up's wall time against the fastest's; above 0 with its
                                  whole interval: who is fastest is no accident of these samples */
};
struct pb_report_registry {
    const char *label;
    struct pb_report_phase *phases;
    size_t phase_count;
    bool has_results; /* false: "no output captured" */
};
struct pb_report_model {
    struct pb_arena arena;
    const struct pb_journal_data *journal; /* borrowed */
    /* The journal's, or what its other lines tell when the one that describes the run is lost. */
    struct pb_journal_run run;
    struct pb_report_registry *registries;
    size_t registry_count;
    struct pb_cell **cells; /* of all registries and phases, in table order */
    size_t cell_count;
    const char *baseline, *limit; /* arms; NULL: nothing to compare with */
    const char **problems;        /* the journal's, and what the checks of the whole run found */
    size_t problem_count;
    bool doubtful; /* too many samples were disturbed */
};

/* Never refuses a journal that could be read: what is missing is in `problems`. */
int pb_report_model_make(const struct pb_journal_data *journal, struct pb_report_model *out,
                         struct pb_err *err) PB_MUST_CHECK;
/* Compares every cell with the one of the baseline arm: the given one, else the arm that the
 * journal says is a baseline, else the first. Also with the arm named "limit" where there is one.
 * Fails only when there is no such arm. */
int pb_report_model_compare(struct pb_report_model *model, const char *baseline,
                            struct pb_err *err) PB_MUST_CHECK;
void pb_report_model_release(struct pb_report_model *model);

/* Only a valid cell has figures. */
bool pb_cell_has_figures(const struct pb_cell *cell);
/* The arm's line of the journal, or NULL. */
const struct pb_journal_arm *pb_report_arm(const struct pb_report_model *model, const char *name);

#endif
