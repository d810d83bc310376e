/* SPDX-License-Identifier: MIT */
#ifndef PB_COMPARE_H
#define PB_COMPARE_H

#include "base/arena.h"
#include "harness/compare/trace_figures.h"
#include "harness/gate/gate.h"
#include "harness/stats/rank_sum.h"

/*
 * Two result folders, arm by arm. Their samples were not taken in turn, so whatever changed on the
 * machine between the two runs is in the figures; an arm with the same program in both tells how
 * much. For a decision, measure both programs in one run and ask the gate.
 */

/* Why the runs cannot be compared by this metric, or NULL. `allowed` names what may differ all the
 * same: "machine", "project", "snapshot", "policy" (which includes isolation), "probes" (levels at
 * which the metric does not come from sources that agree); *which is set to that name. */
const char *pb_compare_refusal(struct pb_arena *arena, const struct pb_journal_data *a,
                               const struct pb_journal_data *b, enum pb_metric metric,
                               const char *const *allowed, size_t allowed_count,
                               const char **which);

struct pb_compared {
    const char *registry, *phase, *arm;
    bool same_program;     /* by its digest: what moved here is the machine */
    const char *missing;   /* why there is no valid figure, or NULL */
    double a, b;           /* medians of the metric */
    struct pb_shift shift; /* of its logarithm */
};

/* All cells whose registry, phase and arm are in both. Lives in the arena. */
size_t pb_compare_cells(struct pb_arena *arena, const struct pb_journal_data *a,
                        const struct pb_journal_data *b, enum pb_metric metric,
                        struct pb_compared **out);

/* Why no verdict over this run's figures of the metric is clean: it did not finish, its journal is
 * damaged, or the checks of whole runs doubt it (too many disturbed samples, which counted work
 * does not mind). What they hold against single cells is in pb_compare_cells(). Lives in the arena.
 */
size_t pb_compare_doubts(struct pb_arena *arena, const struct pb_journal_data *journal,
                         enum pb_metric metric, const char ***out);

/* What moved in one cell, for an explanation. */
struct pb_moved {
    const char *name; /* a metric, or a path within a trace's detail: "off_cpu.futex.ns" */
    bool traced;      /* no metric, but a figure of `source` */
    enum pb_figure_source source;
    enum pb_unit unit;          /* of a metric */
    double baseline, candidate; /* medians; of a trace: means over its samples */
    struct pb_paired paired;    /* of a metric that has pairs; else n = 0 */
    double change;              /* log ratio; infinite when one side is 0 */
    double q; /* adjusted over all metrics of the cell (Benjamini, Hochberg); 1: no pairs */
};

/* Metrics and trace figures that differ, those that moved most first, metrics before traces. A
 * metric is named when it moved by 1 % or more with at least 80 % of the rounds the same way; a
 * trace figure from 5 % on. `dir` is the result folder. Lives in the arena. */
size_t pb_explain(struct pb_arena *arena, const struct pb_journal_data *journal, const char *dir,
                  const char *registry, const char *phase, const char *candidate,
                  const char *baseline, struct pb_moved **out);

#endif
