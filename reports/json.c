/* SPDX-License-Identifier: MIT */
/* summary.json, schema "phasebench-summary/1": the whole model but the samples, which are in the
 * journal. Figures that are not there are null, with the reason under "missing". */
#include "harness/journal/run_fields.h"
#include "reports/format_table.h"
#include "reports/json_out.h"

static const char *const unit_names[] = {
    [PB_UNIT_NS] = "ns", [PB_UNIT_BYTES] = "bytes", [PB_UNIT_COUNT] = "count"};
static const char *const better_names[] = {
    [PB_LOWER] = "lower", [PB_HIGHER] = "higher", [PB_NEUTRAL] = "neutral"};
static const char *const nature_names[] = {
    [PB_TIMED] = "timed", [PB_EXACT] = "exact", [PB_NOTE] = "note"};

static void add_list(struct pb_json_out *j, const char *key, const char *const *items, size_t n)
{
    pb_json_open(j, key, '[');
    for (size_t i = 0; i < n; i++)
        pb_json_text(j, NULL, items[i]);
    pb_json_close(j, ']');
}

static void add_run_texts(struct pb_json_out *j, const struct pb_journal_run *run, bool of_machine)
{
    for (size_t i = 0; i < pb_run_field_count; i++)
        if (pb_run_fields[i].of_machine == of_machine)
            pb_json_text(j, pb_run_fields[i].key, pb_run_field_get(run, &pb_run_fields[i]));
}

static void add_run(struct pb_json_out *j, const struct pb_journal_run *run)
{
    pb_json_break(j);
    pb_json_open(j, "run", '{');
    add_run_texts(j, run, false);
    add_list(j, "registries", run->registries, run->registry_count);
    add_list(j, "phases", run->phases, run->phase_count);
    pb_json_whole(j, "rounds", run->rounds);
    pb_json_close(j, '}');
    pb_json_break(j);
    pb_json_open(j, "machine", '{');
    add_run_texts(j, run, true);
    pb_json_whole(j, "cpus", run->cpus);
    pb_json_whole(j, "memory_bytes", run->memory_bytes);
    pb_json_open(j, "isolation", '{');
    for (size_t i = 0; i < run->isolation_count; i++)
        pb_json_text(j, run->isolation[i].key, run->isolation[i].value);
    pb_json_close(j, '}');
    pb_json_close(j, '}');
}

static void add_arm(struct pb_json_out *j, const struct pb_report_model *model, const char *name)
{
    const struct pb_journal_arm *arm = pb_report_arm(model, name);
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "name", name);
    pb_json_text(j, "manager", arm ? arm->manager : NULL);
    pb_json_text(j, "binary", arm ? arm->binary : NULL);
    pb_json_text(j, "version", arm ? arm->version : NULL);
    pb_json_text(j, "binary_sha256", arm ? arm->binary_sha256 : NULL);
    pb_json_text(j, "baseline_of", arm ? arm->baseline_of : NULL);
    pb_json_open(j, "policy", '{');
    for (size_t i = 0; arm && i < arm->policy_count; i++)
        pb_json_text(j, arm->policy[i].key, arm->policy[i].value);
    pb_json_close(j, '}');
    pb_json_close(j, '}');
}

static void add_metric_table(struct pb_json_out *j)
{
    pb_json_break(j);
    pb_json_open(j, "metrics", '[');
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        const struct pb_metric_info *info = &pb_metric_table[m];
        pb_json_break(j);
        pb_json_open(j, NULL, '{');
        pb_json_text(j, "name", info->name);
        pb_json_text(j, "unit", unit_names[info->unit]);
        pb_json_text(j, "better", better_names[info->better]);
        pb_json_text(j, "nature", nature_names[info->nature]);
        pb_json_text(j, "help", info->help);
        pb_json_close(j, '}');
    }
    pb_json_close(j, ']');
}

/* Estimate and interval as relative changes: 0.1 = +10 %. */
static void add_comparison(struct pb_json_out *j, const char *key, const struct pb_comparison *c)
{
    pb_json_open(j, key, '{');
    if (c->has) {
        pb_json_whole(j, "pairs", (long long)c->paired.n);
        pb_json_rounded(j, "change", pb_relative_change(c->paired.estimate));
        if (c->paired.has_interval) {
            pb_json_rounded(j, "low", pb_relative_change(c->paired.low));
            pb_json_rounded(j, "high", pb_relative_change(c->paired.high));
            pb_json_rounded(j, "level", c->paired.level);
        }
        pb_json_whole(j, "slower_pairs", (long long)c->paired.positive);
        pb_json_whole(j, "faster_pairs", (long long)c->paired.negative);
        pb_json_rounded(j, "p", c->paired.p);
    } else {
        pb_json_text(j, "missing", c->reason);
    }
    pb_json_close(j, '}');
}

static void add_metric(struct pb_json_out *j, const struct pb_cell *cell, int m)
{
    const char *name = pb_metric_table[m].name;
    if (!cell->metric[m].has) {
        pb_json_null(j, name);
        return;
    }
    pb_json_open(j, name, '{');
    pb_json_whole(j, "n", (long long)cell->metric[m].n);
    pb_json_real(j, "mean", cell->metric[m].mean);
    pb_json_real(j, "sd", cell->metric[m].sd);
    pb_json_real(j, "min", cell->metric[m].min);
    pb_json_real(j, "max", cell->metric[m].max);
    pb_json_real(j, "median", cell->metric[m].median);
    if (m == PB_M_WALL && cell->wall_interval.has) {
        pb_json_rounded(j, "low", cell->wall_interval.low);
        pb_json_rounded(j, "high", cell->wall_interval.high);
        pb_json_rounded(j, "level", cell->wall_interval.level);
    }
    if (cell->against_baseline) add_comparison(j, "against_baseline", &cell->against_baseline[m]);
    if (m == PB_M_WALL && cell->against_limit.has)
        add_comparison(j, "against_limit", &cell->against_limit);
    pb_json_close(j, '}');
}

static void add_failure(struct pb_json_out *j, const struct pb_sample *s)
{
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_whole(j, "round", s->round);
    pb_json_text(j, "outcome", pb_outcome_name(s->outcome));
    pb_json_text(j, "reason", s->reason);
    pb_json_whole(j, "exit_code", s->exit_code);
    pb_json_whole(j, "signal", s->signal);
    pb_json_truth(j, "timed_out", s->timed_out);
    pb_json_open(j, "checks", '{');
    for (size_t i = 0; i < s->check_count; i++)
        pb_json_text(j, s->checks[i].name, s->checks[i].reason);
    pb_json_close(j, '}');
    pb_json_text(j, "output_tail", s->output_tail);
    pb_json_close(j, '}');
}

static void add_digest(struct pb_json_out *j, const char *key, const struct pb_common_digest *d)
{
    pb_json_open(j, key, '{');
    pb_json_text(j, "digest", d->digest);
    pb_json_truth(j, "varies", d->varies);
    pb_json_close(j, '}');
}

static void add_metrics(struct pb_json_out *j, const struct pb_cell *cell)
{
    pb_json_break(j);
    pb_json_open(j, "metrics", '{');
    for (int m = 0; m < PB_METRIC_COUNT; m++)
        add_metric(j, cell, m);
    pb_json_close(j, '}');
    pb_json_open(j, "missing", '{');
    for (int m = 0; m < PB_METRIC_COUNT; m++)
        if (!cell->metric[m].has) pb_json_text(j, pb_metric_table[m].name, cell->metric[m].reason);
    pb_json_close(j, '}');
}

static void add_cell(struct pb_json_out *j, const struct pb_cell *cell)
{
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "registry", cell->registry);
    pb_json_text(j, "phase", cell->phase);
    pb_json_text(j, "arm", cell->arm);
    pb_json_text(j, "outcome", pb_outcome_name(cell->outcome));
    pb_json_text(j, "reason", cell->reason);
    pb_json_whole(j, "samples", (long long)cell->attempted);
    if (cell->verdict_reason) {
        pb_json_text(j, "verdict", pb_verdict_name(cell->verdict));
        pb_json_text(j, "verdict_reason", cell->verdict_reason);
    }
    add_digest(j, "tree", &cell->tree);
    add_digest(j, "lock", &cell->lock);
    add_metrics(j, cell);
    pb_json_open(j, "failures", '[');
    for (size_t i = 0; i < cell->sample_count; i++)
        if (cell->samples[i]->outcome != PB_OUTCOME_OK || cell->samples[i]->check_count)
            add_failure(j, cell->samples[i]);
    pb_json_close(j, ']');
    pb_json_close(j, '}');
}

static void add_arms(struct pb_json_out *j, const struct pb_report_model *model)
{
    pb_json_break(j);
    pb_json_open(j, "arms", '[');
    for (size_t i = 0; i < model->run.arm_count; i++)
        add_arm(j, model, model->run.arms[i]);
    pb_json_close(j, ']');
}

static void add_remarks(struct pb_json_out *j, const struct pb_report_model *model)
{
    pb_json_break(j);
    pb_json_open(j, "remarks", '[');
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++) {
            const struct pb_report_phase *phase = &model->registries[r].phases[p];
            if (!phase->work_remark) continue;
            pb_json_break(j);
            pb_json_open(j, NULL, '{');
            pb_json_text(j, "registry", model->registries[r].label);
            pb_json_text(j, "phase", phase->key);
            pb_json_text(j, "text", phase->work_remark);
            pb_json_close(j, '}');
        }
    pb_json_close(j, ']');
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    struct pb_json_out j = {.out = out};
    pb_json_open(&j, NULL, '{');
    pb_json_text(&j, "schema", "phasebench-summary/1");
    pb_json_truth(&j, "complete", model->journal->ended && model->journal->problem_count == 0);
    add_list(&j, "problems", model->problems, model->problem_count);
    pb_json_text(&j, "baseline", model->baseline);
    pb_json_text(&j, "limit", model->limit);
    add_run(&j, &model->run);
    add_arms(&j, model);
    add_metric_table(&j);
    add_remarks(&j, model);
    pb_json_break(&j);
    pb_json_open(&j, "cells", '[');
    for (size_t i = 0; i < model->cell_count; i++) {
        add_cell(&j, model->cells[i]);
        if (pb_report_drain(options, out, err) < 0) return -1;
    }
    pb_json_close(&j, ']');
    pb_json_close(&j, '}');
    pb_buf_add_char(out, '\n');
    return 0;
}

const struct pb_report_format pb_report_json = {
    .name = "json",
    .extension = "json",
    .help = "summary.json: cells, figures, comparisons, checks, arms, machine",
    .render = render,
};
