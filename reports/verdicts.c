/* SPDX-License-Identifier: MIT */
#include "reports/verdicts.h"

#include <string.h>

const char *pb_report_candidate(const struct pb_report_model *model, const char *given)
{
    const struct pb_journal_arm *baseline =
        model->baseline ? pb_report_arm(model, model->baseline) : NULL;
    const char *wanted = given ? given : baseline ? baseline->baseline_of : NULL;
    for (size_t i = 0; wanted && i < model->run.arm_count; i++)
        if (strcmp(model->run.arms[i], wanted) == 0) return model->run.arms[i];
    return NULL;
}

bool pb_cell_is_judged(const struct pb_cell *cell, const char *candidate)
{
    return candidate && cell->verdict_reason && strcmp(cell->arm, candidate) == 0;
}

struct pb_verdict_counts pb_count_verdicts(const struct pb_report_model *model,
                                           const char *candidate)
{
    struct pb_verdict_counts counts = {0};
    for (size_t i = 0; i < model->cell_count; i++) {
        if (!pb_cell_is_judged(model->cells[i], candidate)) continue;
        counts.of[model->cells[i]->verdict]++;
        counts.cells++;
    }
    return counts;
}
