/* SPDX-License-Identifier: MIT */
/* Go's benchmark format (golang.org/design/14313-benchmark-format, with Unit lines), read by
 * benchstat: one line per sample, so that it sees the distribution. */
#include "reports/escape.h"
#include "reports/format_table.h"

#include <string.h>

/* "wall_ns" -> "wall-ns", "rss_max_bytes" -> "rss-max-B": suffixes that benchstat scales. */
static void add_unit(struct pb_buf *out, const struct pb_metric_info *metric)
{
    size_t n = strlen(metric->name);
    bool bytes = metric->unit == PB_UNIT_BYTES;
    if (bytes) n -= strlen("bytes");
    for (size_t i = 0; i < n; i++)
        pb_buf_add_char(out, (char)(metric->name[i] == '_' ? '-' : metric->name[i]));
    if (bytes) pb_buf_add_char(out, 'B');
}

static void add_units(struct pb_buf *out)
{
    static const char *const better[] = {
        [PB_LOWER] = "better=lower", [PB_HIGHER] = "better=higher", [PB_NEUTRAL] = ""};
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        const struct pb_metric_info *info = &pb_metric_table[m];
        bool exact = info->nature == PB_EXACT;
        if (!exact && info->better == PB_NEUTRAL) continue;
        pb_buf_add_cstr(out, "Unit ");
        add_unit(out, info);
        pb_buf_printf(out, "%s%s%s\n", info->better == PB_NEUTRAL ? "" : " ", better[info->better],
                      exact ? " assume=exact" : "");
    }
}

static void add_key(struct pb_buf *out, const char *key, const char *value)
{
    if (!value) return;
    pb_buf_printf(out, "%s: ", key);
    pb_add_line(out, value);
    pb_buf_add_char(out, '\n');
}

/* A line of one sample. The "-N" at the end is Go's processor count; without it, the end of a name
 * like "utoo-8" would be taken for one. */
static void add_sample(struct pb_buf *out, const struct pb_cell *cell, const struct pb_sample *s,
                       unsigned cpus)
{
    pb_buf_add_cstr(out, "BenchmarkInstall/registry=");
    pb_add_word(out, cell->registry);
    pb_buf_add_cstr(out, "/phase=");
    pb_add_word(out, cell->phase);
    pb_buf_add_cstr(out, "/pm=");
    pb_add_word(out, cell->arm);
    pb_buf_printf(out, "-%u 1", cpus ? cpus : 1);
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        if (!s->metrics.has[m]) continue;
        pb_buf_printf(out, " %lld ", (long long)s->metrics.value[m]);
        add_unit(out, &pb_metric_table[m]);
    }
    pb_buf_add_char(out, '\n');
}

static void add_omitted(struct pb_buf *out, const struct pb_cell *cell)
{
    pb_buf_add_cstr(out, "# left out: ");
    pb_add_line(out, cell->registry);
    pb_buf_add_char(out, ' ');
    pb_add_line(out, cell->phase);
    pb_buf_add_char(out, ' ');
    pb_add_line(out, cell->arm);
    pb_buf_printf(out, ": %s: ", pb_outcome_name(cell->outcome));
    pb_add_line(out, cell->reason);
    pb_buf_add_char(out, '\n');
}

static void add_header(struct pb_buf *out, const struct pb_report_model *model)
{
    const struct pb_journal_run *run = &model->run;
    add_key(out, "project", run->project);
    add_key(out, "platform", run->platform);
    add_key(out, "cpu", run->cpu);
    /* Not a key: benchstat would not compare two runs that differ in one. */
    pb_buf_add_cstr(out, "# run: ");
    pb_add_line(out, run->id ? run->id : "unknown");
    pb_buf_add_char(out, '\n');
    for (size_t i = 0; i < model->problem_count; i++) {
        pb_buf_add_cstr(out, "# incomplete: ");
        pb_add_line(out, model->problems[i]);
        pb_buf_add_char(out, '\n');
    }
    pb_buf_add_char(out, '\n');
    add_units(out);
    pb_buf_add_char(out, '\n');
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    add_header(out, model);
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct pb_cell *cell = model->cells[i];
        bool has = pb_cell_has_figures(cell);
        if (!has) add_omitted(out, cell);
        for (size_t s = 0; has && s < cell->sample_count; s++)
            if (pb_sample_counts(cell->samples[s]) && cell->samples[s]->metrics.has[PB_M_WALL])
                add_sample(out, cell, cell->samples[s], model->run.cpus);
        if (pb_report_drain(options, out, err) < 0) return -1;
    }
    return 0;
}

const struct pb_report_format pb_report_benchfmt = {
    .name = "benchfmt",
    .extension = "txt",
    .help = "Go's benchmark format, for benchstat",
    .render = render,
};
