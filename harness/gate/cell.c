/* SPDX-License-Identifier: MIT */
#include "harness/gate/cell.h"

#include "harness/gate/counted.h"

#include <math.h>
#include <string.h>

bool pb_gate_rule_of(const struct pb_gate_rules *rules, const char *registry, const char *phase,
                     enum pb_metric metric, struct pb_gate_rule *out, bool *biased)
{
    const struct pb_gate_bias *bias = pb_gate_bias_of(rules, registry, phase, metric);
    *out = (struct pb_gate_rule){.precision = rules->precision, .confirm = !rules->unconfirmed};
    *biased = false;
    if (!pb_gate_threshold_of(rules, phase, metric, &out->threshold)) return false;
    if (!bias) return true;
    out->bias = fabs(bias->estimate);
    *biased = out->bias > out->threshold && (bias->low > 0 || bias->high < 0);
    return true;
}

static void invalid(struct pb_gate_row *row, const char *reason)
{
    row->verdict = PB_VERDICT_INVALID;
    row->reason = reason;
}

static void judge_timed(const struct pb_gate_rules *rules, const struct pb_gate_side *candidate,
                        const struct pb_gate_side *baseline, const struct pb_gate_cell *cell,
                        struct pb_gate_row *row)
{
    double screen[PB_SIGNED_RANK_MAX], confirm[PB_SIGNED_RANK_MAX];
    struct pb_gate_rule rule;
    bool biased;
    const struct pb_gate_samples *c = candidate->stage, *b = baseline->stage;
    pb_gate_rule_of(rules, cell->registry, cell->phase, row->metric, &rule, &biased);
    size_t n = pb_gate_pairs(c[PB_STAGE_SCREEN], b[PB_STAGE_SCREEN], row->metric, screen);
    size_t m = pb_gate_pairs(c[PB_STAGE_CONFIRM], b[PB_STAGE_CONFIRM], row->metric, confirm);
    row->has_values = pb_gate_median(c[PB_STAGE_SCREEN], row->metric, &row->candidate) &&
                      pb_gate_median(b[PB_STAGE_SCREEN], row->metric, &row->baseline);
    /* Confirming rounds that were taken count, also where nobody asks for them. */
    if (m >= PB_GATE_CONFIRM) rule.confirm = true;
    row->decision = pb_gate_decide(&rule, screen, n, confirm, m);
    row->verdict = row->decision.verdict;
    row->reason = row->decision.reason;
    if (candidate->invalid_reason)
        invalid(row, candidate->invalid_reason);
    else if (baseline->invalid_reason)
        invalid(row, baseline->invalid_reason);
    else if (candidate->not_comparable)
        invalid(row, candidate->not_comparable);
    else if (n == 0)
        invalid(row, "no round has both figures above zero");
    else if (biased)
        invalid(row, "identical arms differ here by more than the threshold: the method is biased");
}

static bool is_same_manager(const struct pb_gate_side *a, const struct pb_gate_side *b)
{
    return a->manager && b->manager && strcmp(a->manager, b->manager) == 0;
}

static size_t contaminated(struct pb_gate_samples samples)
{
    size_t n = 0;
    for (size_t i = 0; i < samples.n; i++)
        n += samples.items[i]->outcome == PB_OUTCOME_CONTAMINATED;
    return n;
}

static void count_samples(const struct pb_gate_side *side, struct pb_gate_cell *out)
{
    for (int s = 0; s < PB_STAGE_COUNT; s++) {
        out->samples += side->stage[s].n;
        out->contaminated += contaminated(side->stage[s]);
    }
}

static void add_timed(const struct pb_gate_rules *rules, const struct pb_gate_side *candidate,
                      const struct pb_gate_side *baseline, struct pb_gate_cell *out)
{
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        double threshold;
        if (pb_metric_table[m].nature == PB_EXACT ||
            !pb_gate_threshold_of(rules, out->phase, (enum pb_metric)m, &threshold))
            continue;
        struct pb_gate_row *row = &out->rows[out->row_count++];
        *row = (struct pb_gate_row){.name = pb_metric_table[m].name,
                                    .kind = PB_GATE_ROW_TIMED,
                                    .metric = (enum pb_metric)m,
                                    .gated = out->gated &&
                                             !pb_gate_accepts(rules, pb_metric_table[m].name)};
        judge_timed(rules, candidate, baseline, out, row);
    }
}

void pb_gate_cell_judge(const struct pb_gate_rules *rules, const struct pb_gate_side *candidate,
                        const struct pb_gate_side *baseline, struct pb_gate_cell *out)
{
    out->control = pb_gate_is_control(rules, out->phase);
    out->gated =
        pb_gate_is_gated(rules, out->phase) && !candidate->unsupported && !baseline->unsupported;
    out->row_count = out->samples = out->contaminated = 0;
    count_samples(candidate, out);
    count_samples(baseline, out);
    add_timed(rules, candidate, baseline, out); /* the wall time is the first metric */
    out->verdict = out->rows[0].verdict;
    out->reason = out->rows[0].reason;
    if (is_same_manager(candidate, baseline) && !candidate->invalid_reason &&
        !baseline->invalid_reason)
        pb_gate_add_counted(rules, candidate, baseline, out);
}
