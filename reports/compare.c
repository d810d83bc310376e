/* SPDX-License-Identifier: MIT */
/* Cells against the baseline's and the limit's, by paired rounds. */
#include "reports/model.h"

#include "harness/stats/signed_rank.h"

#include <string.h>

/* Log ratios of the rounds in which both cells have the figure, above zero. Both are by round. */
static size_t log_ratios(const struct pb_cell *cell, const struct pb_cell *base, enum pb_metric m,
                         double out[PB_SIGNED_RANK_MAX])
{
    size_t n = 0;
    for (size_t i = 0, j = 0; i < cell->sample_count && j < base->sample_count;) {
        const struct pb_sample *x = cell->samples[i], *y = base->samples[j];
        if (x->round != y->round) {
            x->round < y->round ? i++ : j++;
            continue;
        }
        bool both = pb_sample_counts(x) && pb_sample_counts(y) && x->metrics.has[m] &&
                    y->metrics.has[m] && n < PB_SIGNED_RANK_MAX;
        if (both && pb_log_ratio((double)x->metrics.value[m], (double)y->metrics.value[m], &out[n]))
            n++;
        i++, j++;
    }
    return n;
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
    size_t n = log_ratios(cell, base, m, d);
    if (n == 0) return missing("no round has both figures above zero");
    return (struct pb_comparison){.has = true, .paired = pb_paired(d, n)};
}

/* A report sees one run: what the gate would measure again is "seen once". */
static void judge(struct pb_cell *cell, const struct pb_cell *base)
{
    struct pb_gate_rule rule = PB_GATE_RULE_DEFAULT;
    rule.confirm = false;
    double d[PB_SIGNED_RANK_MAX];
    if (!cell->against_baseline[PB_M_WALL].has) {
        cell->verdict = PB_VERDICT_INVALID;
        cell->verdict_reason = cell->against_baseline[PB_M_WALL].reason;
        return;
    }
    size_t n = log_ratios(cell, base, PB_M_WALL, d);
    struct pb_gate_decision decision = pb_gate_decide(&rule, d, n, NULL, 0);
    cell->verdict = decision.verdict;
    cell->verdict_reason = decision.reason;
}

static const struct pb_cell *cell_of_arm(const struct pb_report_phase *phase, const char *arm)
{
    for (size_t i = 0; arm && i < phase->cell_count; i++)
        if (strcmp(phase->cells[i]->arm, arm) == 0) return phase->cells[i];
    return NULL;
}

static void compare_phase(struct pb_report_model *model, struct pb_report_phase *phase)
{
    phase->baseline = cell_of_arm(phase, model->baseline);
    phase->limit = cell_of_arm(phase, model->limit);
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
        if (cell != phase->limit) judge(cell, phase->baseline);
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

int pb_report_model_compare(struct pb_report_model *model, const char *baseline, struct pb_err *err)
{
    model->baseline = baseline ? arm_of_run(&model->run, baseline) : default_baseline(model);
    if (baseline && !model->baseline)
        return pb_err_set(err, PB_E_USAGE,
                          "cannot compare: no arm \"%s\" in this run: choose one that the report "
                          "lists",
                          baseline);
    model->limit = arm_of_run(&model->run, "limit");
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++)
            compare_phase(model, &model->registries[r].phases[p]);
    return 0;
}
