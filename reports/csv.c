/* SPDX-License-Identifier: MIT */
/* Long form (RFC 4180, lines end in LF): one row per counted sample and metric; one row for what
 * has no sample or whose samples hold but not together, and for each problem of the journal. */
#include "reports/escape.h"
#include "reports/format_table.h"

static const char *const unit_names[] = {
    [PB_UNIT_NS] = "ns", [PB_UNIT_BYTES] = "bytes", [PB_UNIT_COUNT] = "count"};

static void add_place(struct pb_buf *out, const struct pb_cell *cell)
{
    pb_add_csv(out, cell->registry);
    pb_buf_add_char(out, ',');
    pb_add_csv(out, cell->phase);
    pb_buf_add_char(out, ',');
    pb_add_csv(out, cell->arm);
}

/* What all rows of a sample begin with. */
static void add_start(struct pb_buf *out, const struct pb_cell *cell, const struct pb_sample *s)
{
    add_place(out, cell);
    pb_buf_printf(out, ",%d,%d,%s,", s->round, s->slot, pb_outcome_name(s->outcome));
}

static void add_sample(struct pb_buf *out, const struct pb_cell *cell, const struct pb_sample *s,
                       struct pb_buf *start)
{
    pb_buf_clear(start);
    add_start(start, cell, s);
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        pb_buf_add_str(out, pb_buf_str(start));
        pb_buf_add_cstr(out, pb_metric_table[m].name);
        pb_buf_add_char(out, ',');
        pb_buf_add_cstr(out, unit_names[pb_metric_table[m].unit]);
        pb_buf_add_char(out, ',');
        if (s->metrics.has[m]) pb_buf_printf(out, "%lld", (long long)s->metrics.value[m]);
        pb_buf_add_char(out, ',');
        if (s->outcome != PB_OUTCOME_OK)
            pb_add_csv(out, s->reason);
        else if (!s->metrics.has[m])
            pb_add_csv(out, s->metrics.reason[m]);
        pb_buf_add_char(out, '\n');
    }
}

/* Whether what the cell suffers from is in no row of a sample. */
static bool needs_own_row(const struct pb_cell *cell)
{
    bool counts = cell->sample_count > 0;
    for (size_t i = 0; i < cell->sample_count && counts; i++)
        counts = pb_sample_counts(cell->samples[i]);
    return cell->sample_count == 0 || (counts && !pb_cell_has_figures(cell));
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf start = PB_BUF_INIT(1 << 20);
    pb_buf_add_cstr(out, "registry,phase,arm,round,slot,outcome,metric,unit,value,reason\n");
    for (size_t i = 0; i < model->problem_count; i++) {
        pb_buf_add_cstr(out, ",,,,,incomplete,,,,");
        pb_add_csv(out, model->problems[i]);
        pb_buf_add_char(out, '\n');
    }
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct pb_cell *cell = model->cells[i];
        for (size_t s = 0; s < cell->sample_count; s++)
            add_sample(out, cell, cell->samples[s], &start);
        if (needs_own_row(cell)) {
            add_place(out, cell);
            pb_buf_printf(out, ",,,%s,,,,", pb_outcome_name(cell->outcome));
            pb_add_csv(out, cell->reason);
            pb_buf_add_char(out, '\n');
        }
        if (pb_report_drain(options, out, err) < 0) return -1;
    }
    return 0;
}

const struct pb_report_format pb_report_csv = {
    .name = "csv",
    .extension = "csv",
    .help = "every figure of every sample, one a row (long form)",
    .render = render,
};
