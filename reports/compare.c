/* SPDX-License-Identifier: MIT */
/* Cells against the baseline's and the limit's, by paired rounds. */
#include "reports/model.h"

#include <string.h>

static struct pb_gate_samples counted(const struct pb_cell *cell)
{
    return (struct pb_gate_samples){cell->samples, cell->sample_count};
}

static struct pb_comparison missing(const char *reason)
{
    return (struct pb_comparison){.reason = reason};
}

static struct pb_comparison compare(const struct pb_cell *cell, const struct pb_cell *base,
                                    enum pb_metric m, const char *no_base)
{
    double d[PB_SIGNED_RANK_MAX];
    if (!pb_cell_has_figures(cell)) return missing("this cell has no valid figures");
    if (!base || !pb_cell_has_figures(base)) return missing(no_base);
    if (cell->not_comparable) return missing(cell->not_comparable);
    if (base->not_comparable) return missing(base->not_comparable);
    size_t n = pb_gate_pairs(counted(cell), counted(base), m, d);
    if (n == 0) return missing("no round has both figures above zero");
    return (struct pb_comparison){.has = true, .paired = pb_paired(d, n)};
}

static struct pb_gate_side side_of(const struct pb_report_model *model, const struct pb_cell *cell,
                                   const char *without_figures)
{
    const struct pb_journal_arm *arm = pb_report_arm(model, cell->arm);
    return (struct pb_gate_side){
        .arm = cell->arm,
        .manager = arm ? arm->manager : NULL,
        .stage = {counted(cell), {cell->confirming, cell->confirming_count}},
        .invalid_reason = pb_cell_has_figures(cell) ? NULL : without_figures,
    };
}

static void judge(const struct pb_report_model *model, const struct pb_gate_rules *rules,
                  struct pb_cell *cell, const struct pb_cell *base)
{
    struct pb_gate_side candidate = side_of(model, cell, "this cell has no valid figures"),
                        baseline = side_of(model, base, "the baseline has no valid figures");
    struct pb_gate_cell judged = {.registry = cell->registry, .phase = cell->phase};
    candidate.not_comparable = cell->not_comparable ? cell->not_comparable : base->not_comparable;
    pb_gate_cell_judge(rules, &candidate, &baseline, &judged);
    cell->verdict = judged.verdict;
    cell->verdict_reason = judged.reason;
}

static const struct pb_cell *cell_of_arm(const struct pb_report_phase *phase, const char *arm)
{
    for (size_t i = 0; arm && i < phase->cell_count; i++)
        if (strcmp(phase->cells[i]->arm, arm) == 0) return phase->cells[i];
    return NULL;
}

static void compare_phase(struct pb_report_model *model, const struct pb_gate_rules *rules,
                          struct pb_report_phase *phase)
{
    phase->baseline = cell_of_arm(phase, model->baseline);
    phase->limit = cell_of_arm(phase, model->limit);
    if (phase->runner_up)
        phase->lead = compare(phase->runner_up, phase->fastest, PB_M_WALL,
                              "the fastest has no valid figures");
    for (size_t i = 0; i < phase->cell_count; i++) {
        struct pb_cell *cell = phase->cells[i];
        cell->against_limit =
            compare(cell, phase->limit, PB_M_WALL,
                    phase->limit ? "the limit has no valid figures" : "there is no limit arm");
        if (cell == phase->baseline || !phase->baseline) continue;
        cell->against_baseline =
            PB_ARENA_ARRAY(&model->arena, struct pb_comparison, PB_METRIC_COUNT);
        for (int m = 0; m < PB_METRIC_COUNT; m++)
            cell->against_baseline[m] = compare(cell, phase->baseline, (enum pb_metric)m,
                                                "the baseline has no valid figures");
        if (cell != phase->limit) judge(model, rules, cell, phase->baseline);
    }
}

static const char *arm_of_run(const struct pb_journal_run *run, const char *name)
{
    for (size_t i = 0; i < run->arm_count; i++)
        if (strcmp(run->arms[i], name) == 0) return run->arms[i];
    return NULL;
}

static const char *default_baseline(const struct pb_report_model *model)
{
    const struct pb_journal_run *run = &model->run;
    for (size_t i = 0; i < model->journal->arm_count; i++) {
        const struct pb_journal_arm *arm = &model->journal->arms[i];
        if (arm->baseline_of && arm_of_run(run, arm->name)) return arm_of_run(run, arm->name);
    }
    for (size_t i = 0; i < run->arm_count; i++)
        if (strcmp(run->arms[i], "limit") != 0) return run->arms[i];
    return NULL;
}

/* As the gate does, but a report shows what was seen once, too. A journal with damaged rules still
 * gets its report, by the default ones. */
static void use_rules_of_run(struct pb_report_model *model, struct pb_gate_rules *out)
{
    struct pb_err ignored = PB_ERR_INIT;
    *out = (struct pb_gate_rules){0};
    if (pb_gate_rules_of_run(&model->arena, model->journal, out, &ignored) != 0)
        *out = (struct pb_gate_rules){0};
    out->unconfirmed = true;
}

int pb_report_model_compare(struct pb_report_model *model, const char *baseline, struct pb_err *err)
{
    model->baseline = baseline ? arm_of_run(&model->run, baseline) : default_baseline(model);
    if (baseline && !model->baseline)
        return pb_err_set(err, PB_E_USAGE,
                          "cannot compare: no arm \"%s\" in this run: choose one that the report "
                          "lists",
                          baseline);
    model->limit = arm_of_run(&model->run, "limit");
    struct pb_gate_rules rules;
    use_rules_of_run(model, &rules);
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++)
            compare_phase(model, &rules, &model->registries[r].phases[p]);
    return 0;
}
