/* SPDX-License-Identifier: MIT */
/* OpenMetrics text (prometheus.io/docs/specs/om): base units, one family per metric, a cell's
 * smallest, median and largest sample as quantiles 0, 0.5 and 1 of a summary. */
#include "reports/escape.h"
#include "reports/format_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 12 }; /* beyond, results of logarithms differ between C libraries */

/* "wall_ns" -> "phasebench_wall_seconds". */
static void family_name(const struct pb_metric_info *metric, char out[96])
{
    size_t n = strlen(metric->name);
    if (metric->unit == PB_UNIT_NS) n -= strlen("_ns");
    snprintf(out, 96, "phasebench_%.*s%s", (int)n, metric->name,
             metric->unit == PB_UNIT_NS ? "_seconds" : "");
}

static void add_family(struct pb_buf *out, const char *name, const char *type, const char *unit,
                       const char *help)
{
    pb_buf_printf(out, "# TYPE %s %s\n", name, type);
    if (unit) pb_buf_printf(out, "# UNIT %s %s\n", name, unit);
    pb_buf_printf(out, "# HELP %s ", name);
    pb_add_label(out, help);
    pb_buf_add_char(out, '\n');
}

static void add_label(struct pb_buf *out, const char *name, const char *value)
{
    bool first = out->p[out->n - 1] == '{';
    pb_buf_printf(out, "%s%s=\"", first ? "" : ",", name);
    pb_add_label(out, value);
    pb_buf_add_char(out, '"');
}

/* name{registry,phase,arm[,extra]} value */
static void add_point(struct pb_buf *out, const char *name, const struct pb_cell *cell,
                      const char *extra, const char *extra_value, double value)
{
    pb_buf_printf(out, "%s{", name);
    add_label(out, "registry", cell->registry);
    add_label(out, "phase", cell->phase);
    add_label(out, "arm", cell->arm);
    if (extra) add_label(out, extra, extra_value);
    pb_buf_printf(out, "} %.*g\n", DIGITS, value);
}

static void add_summary(struct pb_buf *out, const char *name, const struct pb_cell *cell, int m)
{
    double scale = pb_metric_table[m].unit == PB_UNIT_NS ? 1e-9 : 1;
    char part[128];
    add_point(out, name, cell, "quantile", "0", cell->metric[m].min * scale);
    add_point(out, name, cell, "quantile", "0.5", cell->metric[m].median * scale);
    add_point(out, name, cell, "quantile", "1", cell->metric[m].max * scale);
    snprintf(part, sizeof part, "%s_sum", name);
    add_point(out, part, cell, NULL, NULL,
              cell->metric[m].mean * (double)cell->metric[m].n * scale);
    snprintf(part, sizeof part, "%s_count", name);
    add_point(out, part, cell, NULL, NULL, (double)cell->metric[m].n);
}

static int add_metric(const struct pb_report_model *model, int m,
                      const struct pb_report_options *options, struct pb_buf *out,
                      struct pb_err *err)
{
    static const char *const units[] = {
        [PB_UNIT_NS] = "seconds", [PB_UNIT_BYTES] = "bytes", [PB_UNIT_COUNT] = NULL};
    char name[96];
    family_name(&pb_metric_table[m], name);
    add_family(out, name, "summary", units[pb_metric_table[m].unit], pb_metric_table[m].help);
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct pb_cell *cell = model->cells[i];
        if (pb_cell_has_figures(cell) && cell->metric[m].has) add_summary(out, name, cell, m);
        if (pb_report_drain(options, out, err) < 0) return -1;
    }
    return 0;
}

static void add_ratios(const struct pb_report_model *model, struct pb_buf *out)
{
    static const char name[] = "phasebench_wall_baseline_ratio";
    add_family(out, name, "gauge", NULL, "wall time over the baseline's, paired by round");
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct pb_cell *cell = model->cells[i];
        if (!cell->against_baseline || !cell->against_baseline[PB_M_WALL].has) continue;
        const struct pb_paired *p = &cell->against_baseline[PB_M_WALL].paired;
        add_point(out, name, cell, "bound", "estimate", exp(p->estimate));
        if (!p->has_interval) continue;
        add_point(out, name, cell, "bound", "low", exp(p->low));
        add_point(out, name, cell, "bound", "high", exp(p->high));
    }
}

static void add_states(const struct pb_report_model *model, struct pb_buf *out)
{
    static const char name[] = "phasebench_cell";
    add_family(out, name, "info", NULL, "outcome of each cell, with the reason");
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct pb_cell *cell = model->cells[i];
        pb_buf_printf(out, "%s_info{", name);
        add_label(out, "registry", cell->registry);
        add_label(out, "phase", cell->phase);
        add_label(out, "arm", cell->arm);
        add_label(out, "outcome", pb_outcome_name(cell->outcome));
        if (cell->reason) add_label(out, "reason", cell->reason);
        pb_buf_add_cstr(out, "} 1\n");
    }
}

static void add_problems(const struct pb_report_model *model, struct pb_buf *out)
{
    add_family(out, "phasebench_journal_problem", "info", NULL, "what the journal lacks");
    for (size_t i = 0; i < model->problem_count; i++) {
        pb_buf_printf(out, "phasebench_journal_problem_info{number=\"%zu\"", i + 1);
        add_label(out, "text", model->problems[i]);
        pb_buf_add_cstr(out, "} 1\n");
    }
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    for (int m = 0; m < PB_METRIC_COUNT; m++)
        if (add_metric(model, m, options, out, err) < 0) return -1;
    add_ratios(model, out);
    add_states(model, out);
    add_problems(model, out);
    pb_buf_add_cstr(out, "# EOF\n");
    return 0;
}

const struct pb_report_format pb_report_openmetrics = {
    .name = "openmetrics",
    .extension = "prom",
    .help = "OpenMetrics text, for Prometheus",
    .render = render,
};
