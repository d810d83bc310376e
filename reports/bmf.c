/* SPDX-License-Identifier: MIT */
/* Bencher Metric Format: benchmark -> measure -> value with lower and upper value. Wall time is
 * Bencher's own measure "latency" (ns); the others keep our names with dashes. A cell's value is
 * its median between its extremes; "wall-ratio" is the paired ratio to the baseline with its
 * interval. */
#include "reports/format_table.h"
#include "reports/json_out.h"

#include <math.h>
#include <string.h>

enum { NAME_MAX_BYTES = 1024 }; /* Bencher's limit */

static void measure_name(int m, char out[64])
{
    size_t n = 0;
    const char *name = m == PB_M_WALL ? "latency" : pb_metric_table[m].name;
    for (; name[n] && n < 63; n++)
        out[n] = (char)(name[n] == '_' ? '-' : name[n]);
    out[n] = '\0';
}

static void add_measure(struct pb_json_out *j, const char *name, double value, double low,
                        double high)
{
    pb_json_open(j, name, '{');
    pb_json_real(j, "value", value);
    pb_json_real(j, "lower_value", low);
    pb_json_real(j, "upper_value", high);
    pb_json_close(j, '}');
}

static void add_ratio(struct pb_json_out *j, const struct pb_comparison *c)
{
    if (!c->has) return;
    pb_json_open(j, "wall-ratio", '{');
    pb_json_rounded(j, "value", exp(c->paired.estimate));
    if (c->paired.has_interval) {
        pb_json_rounded(j, "lower_value", exp(c->paired.low));
        pb_json_rounded(j, "upper_value", exp(c->paired.high));
    }
    pb_json_close(j, '}');
}

static void add_cell(struct pb_json_out *j, const struct pb_cell *cell)
{
    PB_AUTO_BUF struct pb_buf name = PB_BUF_INIT(NAME_MAX_BYTES + 1);
    pb_buf_printf(&name, "%s/%s/%s", cell->registry, cell->phase, cell->arm);
    pb_json_break(j);
    pb_json_open(j, name.p, '{');
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        char measure[64];
        if (!cell->metric[m].has) continue;
        measure_name(m, measure);
        add_measure(j, measure, cell->metric[m].median, cell->metric[m].min, cell->metric[m].max);
    }
    if (cell->against_baseline) add_ratio(j, &cell->against_baseline[PB_M_WALL]);
    pb_json_close(j, '}');
}

/* The format has no place for texts but in names. Benchmarks of this suffix raise no alerts. */
static void add_text(struct pb_json_out *j, const char *measure, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add_text(struct pb_json_out *j, const char *measure, const char *format, ...)
{
    static const char suffix[] = "-bencher-ignore";
    PB_AUTO_BUF struct pb_buf name = PB_BUF_INIT(1 << 20);
    va_list ap;
    va_start(ap, format);
    pb_buf_vprintf(&name, format, ap);
    va_end(ap);
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] < ' ') name.p[i] = ' ';
    size_t most = NAME_MAX_BYTES - (sizeof suffix - 1);
    if (name.n > most) {
        while (most && ((unsigned char)name.p[most] & 0xC0) == 0x80)
            most--;
        name.n = most;
    }
    pb_buf_add_cstr(&name, suffix);
    pb_json_break(j);
    pb_json_open(j, name.p, '{');
    pb_json_open(j, measure, '{');
    pb_json_whole(j, "value", 1);
    pb_json_close(j, '}');
    pb_json_close(j, '}');
}

static void add_missing(struct pb_json_out *j, const struct pb_report_model *model)
{
    size_t cells = 0;
    for (size_t i = 0; i < model->cell_count; i++)
        cells += !pb_cell_has_figures(model->cells[i]);
    pb_json_break(j);
    pb_json_open(j, "phasebench/run", '{');
    pb_json_open(j, "cells-without-figures", '{');
    pb_json_whole(j, "value", (long long)cells);
    pb_json_close(j, '}');
    pb_json_open(j, "journal-problems", '{');
    pb_json_whole(j, "value", (long long)model->problem_count);
    pb_json_close(j, '}');
    pb_json_close(j, '}');
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct pb_cell *cell = model->cells[i];
        if (!pb_cell_has_figures(cell))
            add_text(j, "cells-without-figures", "%s/%s/%s: %s", cell->registry, cell->phase,
                     cell->arm, cell->reason ? cell->reason : pb_outcome_name(cell->outcome));
    }
    for (size_t i = 0; i < model->problem_count; i++)
        add_text(j, "journal-problems", "%s", model->problems[i]);
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    struct pb_json_out j = {.out = out};
    pb_json_open(&j, NULL, '{');
    for (size_t i = 0; i < model->cell_count; i++) {
        if (pb_cell_has_figures(model->cells[i])) add_cell(&j, model->cells[i]);
        if (pb_report_drain(options, out, err) < 0) return -1;
    }
    add_missing(&j, model);
    pb_json_close(&j, '}');
    pb_buf_add_char(out, '\n');
    return 0;
}

const struct pb_report_format pb_report_bmf = {
    .name = "bmf",
    .extension = "json",
    .help = "Bencher Metric Format",
    .render = render,
};
