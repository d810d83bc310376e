/* SPDX-License-Identifier: MIT */
/* The "customSmallerIsBetter" list of github-action-benchmark: only metrics of which less is
 * better. Values are medians; "range" is the sample standard deviation. */
#include "reports/format_table.h"
#include "reports/json_out.h"

static const char *const unit_names[] = {
    [PB_UNIT_NS] = "ns", [PB_UNIT_BYTES] = "bytes", [PB_UNIT_COUNT] = "count"};

static void add_entry(struct pb_json_out *j, const struct pb_cell *cell, int m)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(64 << 10);
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_buf_printf(&text, "%s/%s/%s %s", cell->registry, cell->phase, cell->arm,
                  pb_metric_table[m].name);
    pb_json_text(j, "name", text.p);
    pb_json_text(j, "unit", unit_names[pb_metric_table[m].unit]);
    pb_json_real(j, "value", cell->metric[m].median);
    pb_buf_clear(&text);
    pb_buf_printf(&text, "± %.6g", cell->metric[m].sd);
    pb_json_text(j, "range", text.p);
    pb_buf_clear(&text);
    pb_buf_printf(&text, "median of %zu samples%s%s", cell->metric[m].n, cell->reason ? "; " : "",
                  cell->reason ? cell->reason : "");
    pb_json_text(j, "extra", text.p);
    pb_json_close(j, '}');
}

/* What is missing goes in as counts that should be 0, with the texts. */
static void add_count(struct pb_json_out *j, const char *name, size_t count, struct pb_buf *texts)
{
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "name", name);
    pb_json_text(j, "unit", "count");
    pb_json_whole(j, "value", (long long)count);
    pb_json_text(j, "extra", texts->p ? texts->p : "none");
    pb_json_close(j, '}');
}

static void add_missing(struct pb_json_out *j, const struct pb_report_model *model)
{
    PB_AUTO_BUF struct pb_buf cells = PB_BUF_INIT(1 << 20), lines = PB_BUF_INIT(1 << 20);
    size_t count = 0;
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct pb_cell *cell = model->cells[i];
        if (pb_cell_has_figures(cell)) continue;
        pb_buf_printf(&cells, "%s%s/%s/%s: %s", count++ ? "\n" : "", cell->registry, cell->phase,
                      cell->arm, cell->reason);
    }
    for (size_t i = 0; i < model->problem_count; i++)
        pb_buf_printf(&lines, "%s%s", i ? "\n" : "", model->problems[i]);
    add_count(j, "cells without figures", count, &cells);
    add_count(j, "problems of the journal", model->problem_count, &lines);
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    struct pb_json_out j = {.out = out};
    pb_json_open(&j, NULL, '[');
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct pb_cell *cell = model->cells[i];
        for (int m = 0; m < PB_METRIC_COUNT; m++)
            if (pb_cell_has_figures(cell) && cell->metric[m].has &&
                pb_metric_table[m].better == PB_LOWER)
                add_entry(&j, cell, m);
        if (pb_report_drain(options, out, err) < 0) return -1;
    }
    add_missing(&j, model);
    pb_json_close(&j, ']');
    pb_buf_add_char(out, '\n');
    return 0;
}

const struct pb_report_format pb_report_smaller_is_better = {
    .name = "customSmallerIsBetter",
    .extension = "json",
    .help = "list of github-action-benchmark",
    .render = render,
};
