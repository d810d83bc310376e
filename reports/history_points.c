/* SPDX-License-Identifier: MIT */
#include "reports/history_report.h"

#include <math.h>
#include <string.h>

static bool is_kept(const struct pb_cell *cell, enum pb_metric m)
{
    if (!cell->against_baseline) return false;
    /* Of a cell without figures one point tells why; all its metrics would tell the same. */
    return m == PB_M_WALL ||
           (pb_metric_table[m].nature == PB_TIMED && cell->against_baseline[m].has);
}

static struct pb_history_point point_of(const struct pb_report_model *model,
                                        const struct pb_cell *cell, enum pb_metric m)
{
    const struct pb_comparison *c = &cell->against_baseline[m];
    const struct pb_paired *p = &c->paired;
    struct pb_history_point point = {.key = {.project = model->run.project,
                                             .platform = model->run.platform,
                                             .registry = cell->registry,
                                             .phase = cell->phase,
                                             .arm = cell->arm,
                                             .reference = model->baseline,
                                             .metric = pb_metric_table[m].name},
                                     .median = NAN,
                                     .least = NAN,
                                     .reason = cell->reason ? cell->reason : c->reason};
    if (cell->metric[m].has) {
        point.median = cell->metric[m].median;
        point.least = cell->metric[m].min;
    }
    if (!c->has) return point;
    point.has = true;
    point.log_ratio = p->estimate;
    point.pairs = p->n;
    point.has_interval = p->has_interval;
    point.low = p->low;
    point.high = p->high;
    point.level = p->level;
    return point;
}

static struct pb_history_run run_of(const struct pb_report_model *model, struct pb_arena *arena)
{
    const struct pb_journal_run *run = &model->run;
    return (struct pb_history_run){
        .id = run->id,
        .started_utc = run->started_utc,
        .platform = run->platform,
        .project = run->project,
        .snapshot_digest = run->snapshot_digest,
        .policy_hash = run->policy_hash,
        .machine = pb_arena_printf(arena, "%s, %u processors, %s, %s", run->cpu ? run->cpu : "?",
                                   run->cpus, run->kernel ? run->kernel : "?",
                                   run->filesystem ? run->filesystem : "?"),
        .version = run->version,
    };
}

int pb_history_points_of(const struct pb_report_model *model, struct pb_arena *arena,
                         struct pb_history_points *out, struct pb_err *err)
{
    *out = (struct pb_history_points){.run = run_of(model, arena)};
    if (!out->run.id || !out->run.started_utc)
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "add to the history: the journal has no line that tells which run it is");
    out->items =
        PB_ARENA_ARRAY(arena, struct pb_history_point, model->cell_count * PB_METRIC_COUNT);
    for (size_t i = 0; i < model->cell_count; i++)
        for (int m = 0; m < PB_METRIC_COUNT; m++)
            if (is_kept(model->cells[i], (enum pb_metric)m))
                out->items[out->n++] = point_of(model, model->cells[i], (enum pb_metric)m);
    if (out->n == 0)
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "add to the history: run %s: nothing to compare with: it needs a "
                          "reference arm beside another one",
                          out->run.id);
    return 0;
}

void pb_trend_make(const struct pb_history_series *series, struct pb_arena *arena,
                   struct pb_trend *out)
{
    size_t first = 0, with = 0;
    for (size_t i = 0; i < series->n; i++)
        with += series->entries[i].point.has;
    *out = (struct pb_trend){.series = series,
                             .entry = PB_ARENA_ARRAY(arena, const struct pb_history_entry *, with),
                             .log_ratio = PB_ARENA_ARRAY(arena, double, with)};
    first = with > PB_TREND_MAX ? with - PB_TREND_MAX : 0;
    for (size_t i = 0, seen = 0; i < series->n; i++) {
        if (!series->entries[i].point.has || seen++ < first) continue;
        out->entry[out->n] = &series->entries[i];
        out->log_ratio[out->n++] = series->entries[i].point.log_ratio;
    }
    out->change_count = pb_change_points(out->log_ratio, out->n, &PB_CHANGE_POINTS_RULE,
                                         out->changes, PB_TREND_CHANGES_MAX);
}
