/* SPDX-License-Identifier: MIT */
#ifndef PB_GATE_RUN_FINDINGS_H
#define PB_GATE_RUN_FINDINGS_H

#include "base/arena.h"
#include "harness/validity/run_check.h"

/*
 * What the checks of a whole run (harness/validity/run_check.h) have to say about one candidate and
 * one baseline. They see these two arms, and those that are the same program as the baseline, whose
 * difference from it is bias; what other arms did is not held against the pair.
 */

/* The list and its texts live in the arena. */
size_t pb_gate_run_findings(struct pb_arena *arena, const struct pb_journal_data *journal,
                            const char *candidate, const char *baseline,
                            const struct pb_run_finding **out);

/* Why an arm has no valid figures in this cell ("check: what was seen"), or NULL. */
const char *pb_gate_finding_of_arm(struct pb_arena *arena, const struct pb_run_finding *findings,
                                   size_t n, const char *registry, const char *phase,
                                   const char *arm);
/* Why the times of this cell's arms do not compare, or NULL. */
const char *pb_gate_finding_of_comparison(struct pb_arena *arena,
                                          const struct pb_run_finding *findings, size_t n,
                                          const char *registry, const char *phase);
/* Why the whole result is doubtful, or NULL. */
const char *pb_gate_finding_of_run(struct pb_arena *arena, const struct pb_run_finding *findings,
                                   size_t n);

#endif
