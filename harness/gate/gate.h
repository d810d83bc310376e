/* SPDX-License-Identifier: MIT */
#ifndef PB_GATE_H
#define PB_GATE_H

#include "harness/gate/cell.h"
#include "harness/validity/run_check.h"

/* The gate over a whole run: every registry and phase of one candidate against one baseline. */

enum pb_gate_answer {
    PB_GATE_PASSES,      /* nothing got worse, and that could have been seen */
    PB_GATE_REGRESSION,  /* confirmed slower, or more work by count */
    PB_GATE_INVALID,     /* figures that do not hold, other work, a moved control, disturbance, a
                            run that did not finish */
    PB_GATE_INCONCLUSIVE /* no change seen, but one above the threshold cannot be excluded */
};
const char *pb_gate_answer_name(enum pb_gate_answer answer);

struct pb_gate {
    const char *candidate, *baseline;
    struct pb_gate_cell *cells; /* registry by registry, in the order of the run's phases */
    size_t cell_count;
    enum pb_gate_answer answer;
    const char *reason;                      /* what made it so, without a full stop */
    size_t verdicts[PB_VERDICT_INVALID + 1]; /* of the gated cells, by the wall time */
    size_t worse_counts, other_work;         /* gated rows that are counted */
    const struct pb_run_finding *findings;   /* of the whole run, about these two arms */
    size_t finding_count;
};

/* The arm that the run calls its baseline (or NULL), and the arms to be gated: those that the run
 * names, else all others but the limit arm. `out` has room for 256. */
const char *pb_gate_baseline_of(const struct pb_journal_data *journal);
size_t pb_gate_candidates_of(const struct pb_journal_data *journal, const char *baseline,
                             const char **out);

/* Adds the rules and the floor that the journal's run went by. */
int pb_gate_rules_of_run(struct pb_arena *arena, const struct pb_journal_data *journal,
                         struct pb_gate_rules *out, struct pb_err *err) PB_MUST_CHECK;

/* Judges all cells. The journal and the rules must outlive `out`, which lives in the arena. An arm
 * that the journal lacks is an error (USAGE). */
int pb_gate_evaluate(struct pb_arena *arena, const struct pb_journal_data *journal,
                     const struct pb_gate_rules *rules, const char *candidate, const char *baseline,
                     struct pb_gate *out, struct pb_err *err) PB_MUST_CHECK;

/* One arm's side of a cell out of a journal; the lists live in the arena. */
void pb_gate_side_of(struct pb_arena *arena, const struct pb_journal_data *journal,
                     const char *registry, const char *phase, const char *arm,
                     struct pb_gate_side *out);

#endif
