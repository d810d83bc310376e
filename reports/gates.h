/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_GATES_H
#define PB_REPORT_GATES_H

#include "reports/model.h"

/* The gate's answers that a comment is about, by the rules of the run. */
struct pb_report_gates {
    const struct pb_gate *items; /* one per candidate */
    size_t n;                    /* 0: the run names no candidate and none was given */
};

/* `candidate` NULL: those that the run names. The model must have been compared and must outlive
 * the gates, which live in the arena. An unknown candidate is an error (USAGE). */
int pb_report_gates_make(const struct pb_report_model *model, const char *candidate,
                         struct pb_arena *arena, struct pb_report_gates *out,
                         struct pb_err *err) PB_MUST_CHECK;

bool pb_gates_have_regression(
    const struct pb_report_gates *gates);                       /* or figures that do not hold */
bool pb_gates_have_change(const struct pb_report_gates *gates); /* also for the better */
/* The judged cell that this one is the candidate's side of, or NULL. */
const struct pb_gate_cell *pb_gates_cell(const struct pb_report_gates *gates,
                                         const struct pb_cell *cell);

#endif
