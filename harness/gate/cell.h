/* SPDX-License-Identifier: MIT */
#ifndef PB_GATE_CELL_H
#define PB_GATE_CELL_H

#include "harness/gate/pairs.h"
#include "harness/gate/rules.h"

/*
 * One cell judged: a candidate arm against a baseline arm in one registry and phase. Counted
 * figures first, by equality; then the timed ones by the rule of verdict.h. Gate, reports and the
 * adaptive rounds of a run all come here.
 */

/* One arm's side of a cell. Borrowed. */
struct pb_gate_side {
    const char *arm, *manager; /* manager NULL: unknown */
    struct pb_gate_samples stage[PB_STAGE_COUNT];
    const char *invalid_reason; /* NULL: its samples hold */
    bool unsupported;           /* the manager cannot do this phase: nothing to gate */
    const char *not_comparable; /* of a candidate: why its times do not compare, or NULL */
};

enum pb_gate_row_kind { PB_GATE_ROW_TIMED, PB_GATE_ROW_COUNTED, PB_GATE_ROW_DIGEST };

struct pb_gate_row {
    const char *name; /* of the metric, or "tree_digest", "lock_digest" */
    enum pb_gate_row_kind kind;
    enum pb_metric metric; /* not of a digest */
    bool gated;            /* counts for the gate's answer */
    /* Timed: as in verdict.h. Counted: slower = worse, faster = better, equivalent = equal (or
     * within its threshold), invalid = other work was done, inconclusive = it varies by itself. */
    enum pb_verdict verdict;
    const char *reason;
    bool has_values;
    double candidate, baseline; /* medians of a metric */
    const char *candidate_digest, *baseline_digest;
    struct pb_gate_decision decision; /* of a timed row */
};

enum { PB_GATE_ROWS_MAX = PB_METRIC_COUNT + 2 };

struct pb_gate_cell {
    const char *registry, *phase;
    bool gated, control;
    enum pb_verdict verdict; /* of the wall time; rows[0] has its details */
    const char *reason;
    struct pb_gate_row rows[PB_GATE_ROWS_MAX];
    size_t row_count;
    size_t samples, contaminated; /* of both arms */
};

/* The rule for one metric of a cell. False when no threshold names it. `*biased` is set when the
 * bias that identical arms show is certain and larger than the threshold itself. */
bool pb_gate_rule_of(const struct pb_gate_rules *rules, const char *registry, const char *phase,
                     enum pb_metric metric, struct pb_gate_rule *out, bool *biased);

/* Judges into `out`, whose registry and phase are set. Texts are literals or borrowed from the
 * sides. Counted figures are compared between arms of one manager only. */
void pb_gate_cell_judge(const struct pb_gate_rules *rules, const struct pb_gate_side *candidate,
                        const struct pb_gate_side *baseline, struct pb_gate_cell *out);

#endif
