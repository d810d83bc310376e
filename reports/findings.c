/* SPDX-License-Identifier: MIT */
#include "reports/findings.h"

#include "harness/validity/run_check.h"

#include <stdlib.h>
#include <string.h>

static bool is_meant(const char *wanted, const char *is)
{
    return !wanted || strcmp(wanted, is) == 0;
}

static void apply(const struct pb_run_finding *finding, const char *reason, struct pb_cell *cell)
{
    if (finding->effect > PB_FINDING_COMPARISON) return;
    if (!is_meant(finding->registry, cell->registry) || !is_meant(finding->phase, cell->phase) ||
        !is_meant(finding->arm, cell->arm))
        return;
    if (finding->effect == PB_FINDING_CELL)
        pb_cell_note_outcome(cell, PB_OUTCOME_INVALID, reason);
    else if (!cell->not_comparable)
        cell->not_comparable = reason;
}

/* A finding that costs a cell its figures is shown there; the others must be shown, too. */
static const char *as_problem(struct pb_arena *arena, const struct pb_run_finding *finding,
                              const char *reason)
{
    return pb_arena_printf(arena, "%s%s%s%s%s%scannot be compared: %s",
                           finding->registry ? finding->registry : "", finding->registry ? " " : "",
                           finding->phase ? finding->phase : "", finding->phase ? " " : "",
                           finding->arm ? finding->arm : "all arms", " ", reason);
}

static void remark(struct pb_report_model *model, const struct pb_run_finding *finding,
                   const char *text)
{
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++) {
            struct pb_report_phase *phase = &model->registries[r].phases[p];
            if (is_meant(finding->registry, model->registries[r].label) &&
                is_meant(finding->phase, phase->key))
                phase->work_remark = text;
        }
}

void pb_report_apply_findings(struct pb_report_model *model)
{
    const struct pb_journal_data *journal = model->journal;
    struct pb_run_finding *findings;
    size_t n;
    pb_run_checks_judge(&model->arena, journal, &findings, &n);
    model->problems = PB_ARENA_ARRAY(&model->arena, const char *, journal->problem_count + n);
    for (size_t i = 0; i < journal->problem_count; i++)
        model->problems[model->problem_count++] = journal->problems[i];
    for (size_t i = 0; i < n; i++) {
        const char *reason =
            pb_arena_printf(&model->arena, "%s: %s", findings[i].check, findings[i].reason);
        for (size_t c = 0; c < model->cell_count; c++)
            apply(&findings[i], reason, model->cells[c]);
        if (findings[i].effect == PB_FINDING_REMARK) remark(model, &findings[i], reason);
        if (findings[i].effect == PB_FINDING_COMPARISON)
            model->problems[model->problem_count++] =
                as_problem(&model->arena, &findings[i], reason);
        if (findings[i].effect == PB_FINDING_RUN) {
            model->problems[model->problem_count++] = reason;
            model->doubtful = true;
        }
    }
    free(findings);
}
