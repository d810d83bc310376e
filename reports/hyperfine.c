/* SPDX-License-Identifier: MIT */
/* The file of `hyperfine --export-json`: seconds and bytes. "times" and its sister lists go by
 * round; "rounds" (ours) names the round of each, since a sample may be missing. Cells without
 * figures are not in "results": their scripts cannot read nulls. */
#include "reports/format_table.h"
#include "reports/json_out.h"

#define S_PER_NS 1e-9

static void add_list(struct pb_json_out *j, const char *key, const struct pb_cell *cell,
                     void (*add)(struct pb_json_out *j, const struct pb_sample *s))
{
    pb_json_open(j, key, '[');
    for (size_t i = 0; i < cell->sample_count; i++) {
        const struct pb_sample *s = cell->samples[i];
        if (pb_sample_counts(s) && s->metrics.has[PB_M_WALL]) add(j, s);
    }
    pb_json_close(j, ']');
}

static void add_time(struct pb_json_out *j, const struct pb_sample *s)
{
    pb_json_real(j, NULL, (double)s->metrics.value[PB_M_WALL] * S_PER_NS);
}

static void add_memory(struct pb_json_out *j, const struct pb_sample *s)
{
    pb_json_whole(j, NULL, s->metrics.has[PB_M_RSS_MAX] ? s->metrics.value[PB_M_RSS_MAX] : 0);
}

static void add_exit_code(struct pb_json_out *j, const struct pb_sample *s)
{
    pb_json_whole(j, NULL, s->exit_code);
}

static void add_round(struct pb_json_out *j, const struct pb_sample *s)
{
    pb_json_whole(j, NULL, s->round);
}

static void add_seconds(struct pb_json_out *j, const char *key, const struct pb_cell *cell, int m)
{
    pb_json_real(j, key, cell->metric[m].has ? cell->metric[m].mean * S_PER_NS : 0);
}

static void add_result(struct pb_json_out *j, const struct pb_cell *cell)
{
    PB_AUTO_BUF struct pb_buf command = PB_BUF_INIT(64 << 10);
    pb_buf_printf(&command, "%s %s", cell->arm, cell->phase);
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "command", command.p);
    pb_json_real(j, "mean", cell->metric[PB_M_WALL].mean * S_PER_NS);
    if (cell->metric[PB_M_WALL].n > 1)
        pb_json_real(j, "stddev", cell->metric[PB_M_WALL].sd * S_PER_NS);
    else
        pb_json_null(j, "stddev");
    pb_json_real(j, "median", cell->metric[PB_M_WALL].median * S_PER_NS);
    add_seconds(j, "user", cell, PB_M_USER);
    add_seconds(j, "system", cell, PB_M_SYS);
    pb_json_real(j, "min", cell->metric[PB_M_WALL].min * S_PER_NS);
    pb_json_real(j, "max", cell->metric[PB_M_WALL].max * S_PER_NS);
    add_list(j, "times", cell, add_time);
    if (cell->metric[PB_M_RSS_MAX].n == cell->metric[PB_M_WALL].n)
        add_list(j, "memory_usage_byte", cell, add_memory);
    add_list(j, "exit_codes", cell, add_exit_code);
    add_list(j, "rounds", cell, add_round);
    pb_json_open(j, "parameters", '{');
    pb_json_text(j, "registry", cell->registry);
    pb_json_text(j, "phase", cell->phase);
    pb_json_text(j, "arm", cell->arm);
    pb_json_close(j, '}');
    pb_json_close(j, '}');
}

static void add_omitted(struct pb_json_out *j, const struct pb_cell *cell)
{
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "registry", cell->registry);
    pb_json_text(j, "phase", cell->phase);
    pb_json_text(j, "arm", cell->arm);
    pb_json_text(j, "outcome", pb_outcome_name(cell->outcome));
    pb_json_text(j, "reason", cell->reason);
    pb_json_close(j, '}');
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    struct pb_json_out j = {.out = out};
    pb_json_open(&j, NULL, '{');
    pb_json_open(&j, "results", '[');
    for (size_t i = 0; i < model->cell_count; i++) {
        if (pb_cell_has_figures(model->cells[i])) add_result(&j, model->cells[i]);
        if (pb_report_drain(options, out, err) < 0) return -1;
    }
    pb_json_close(&j, ']');
    pb_json_break(&j);
    pb_json_open(&j, "omitted", '[');
    for (size_t i = 0; i < model->cell_count; i++)
        if (!pb_cell_has_figures(model->cells[i])) add_omitted(&j, model->cells[i]);
    pb_json_close(&j, ']');
    pb_json_break(&j);
    pb_json_open(&j, "problems", '[');
    for (size_t i = 0; i < model->problem_count; i++)
        pb_json_text(&j, NULL, model->problems[i]);
    pb_json_close(&j, ']');
    pb_json_close(&j, '}');
    pb_buf_add_char(out, '\n');
    return 0;
}

const struct pb_report_format pb_report_hyperfine = {
    .name = "hyperfine",
    .extension = "json",
    .help = "as hyperfine --export-json writes it, for its scripts and plots",
    .render = render,
};
