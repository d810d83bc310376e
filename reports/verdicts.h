/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_VERDICTS_H
#define PB_REPORT_VERDICTS_H

#include "reports/model.h"

/* The verdicts on one arm, over all its cells. For models that have been compared. */
struct pb_verdict_counts {
    size_t of[PB_VERDICT_INVALID + 1];
    size_t cells;
};

/* The arm that the verdict is about: the given one, else the one that the journal calls the
 * baseline's candidate; NULL: there is none. The string is the model's. */
const char *pb_report_candidate(const struct pb_report_model *model, const char *given);
/* Whether this is a cell of the candidate with a verdict. */
bool pb_cell_is_judged(const struct pb_cell *cell, const char *candidate);
struct pb_verdict_counts pb_count_verdicts(const struct pb_report_model *model,
                                           const char *candidate);

#endif
