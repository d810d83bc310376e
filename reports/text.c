/* SPDX-License-Identifier: MIT */
/* The seed tables for a terminal or a log, and each arm against the baseline. Where a table would
 * not fit the terminal, every arm becomes a paragraph. Colour only for verdicts and failures. */
#include "reports/escape.h"
#include "reports/format_table.h"
#include "reports/headline.h"
#include "reports/seed_tables.h"
#include "reports/text_wrap.h"
#include "reports/values.h"

#include <stdio.h>
#include <string.h>

static const char red[] = "\033[31m", green[] = "\033[32m", yellow[] = "\033[33m",
                  bold[] = "\033[1m", off[] = "\033[0m";
enum { CHANGE_WIDTH = 8, INTERVAL_WIDTH = 18, FACTOR_WIDTH = 7, VERDICT_WIDTH = 12 };

struct text {
    struct pb_buf *out;
    const struct pb_report_options *options;
    const struct pb_report_model *model;
    int pm_width;
};

static void add_styled(const struct text *t, const char *style, const char *text)
{
    bool styled = t->options->color && style;
    if (styled) pb_buf_add_cstr(t->out, style);
    pb_add_line(t->out, text);
    if (styled) pb_buf_add_cstr(t->out, off);
}

static int columns_of(const char *text)
{
    return pb_text_columns(pb_str(text));
}

/* A line or more of prose. */
static void add_prose(const struct text *t, const char *style, const char *prose)
{
    bool styled = t->options->color && style;
    if (styled) pb_buf_add_cstr(t->out, style);
    pb_add_wrapped(t->out, prose, t->options->width, 0);
    if (styled) pb_buf_add_cstr(t->out, off);
    pb_buf_add_char(t->out, '\n');
}

static void add_blanks(const struct text *t, int n)
{
    for (; n > 0; n--)
        pb_buf_add_char(t->out, ' ');
}

static void add_right(const struct text *t, const char *value, int width)
{
    add_blanks(t, 1 + width - columns_of(value));
    pb_buf_add_cstr(t->out, value);
}

static void add_arm(const struct text *t, const char *arm)
{
    pb_add_line(t->out, arm);
    add_blanks(t, t->pm_width - columns_of(arm));
}

static const char *verdict_style(enum pb_verdict verdict)
{
    static const char *const styles[] = {
        [PB_VERDICT_SLOWER] = red,      [PB_VERDICT_FASTER] = green,
        [PB_VERDICT_EQUIVALENT] = NULL, [PB_VERDICT_INCONCLUSIVE] = yellow,
        [PB_VERDICT_INVALID] = red,
    };
    return styles[verdict];
}

static const char *badge_style(const struct pb_cell *cell)
{
    return pb_cell_has_figures(cell) || cell->outcome == PB_OUTCOME_UNSUPPORTED ? yellow : red;
}

static void format_interval(const struct pb_paired *p, char out[80])
{
    char low[32], high[32];
    snprintf(out, 80, "-");
    if (!p->has_interval) return;
    pb_show_change(p->low, low);
    pb_show_change(p->high, high);
    snprintf(out, 80, "[%s, %s]", low, high);
}

/* Change, interval, verdict and distance from the limit, each as text or empty. */
struct against {
    char change[32], interval[80], factor[32];
};

static struct against against_of(const struct pb_cell *cell)
{
    struct against a = {.change = "-", .interval = "-", .factor = "-"};
    if (cell->against_limit.has) pb_show_factor(cell->against_limit.paired.estimate, a.factor);
    if (!cell->against_baseline || !cell->against_baseline[PB_M_WALL].has) return a;
    pb_show_change(cell->against_baseline[PB_M_WALL].paired.estimate, a.change);
    format_interval(&cell->against_baseline[PB_M_WALL].paired, a.interval);
    return a;
}

static bool is_compared(const struct pb_report_phase *phase)
{
    if (!phase->baseline || !pb_cell_has_figures(phase->baseline)) return false;
    for (size_t i = 0; i < phase->cell_count; i++)
        if (phase->cells[i]->against_baseline && phase->cells[i]->against_baseline[PB_M_WALL].has)
            return true;
    return false;
}

static void add_verdict(const struct text *t, const struct pb_report_phase *phase,
                        const struct pb_cell *cell)
{
    if (cell->verdict_reason)
        add_styled(t, verdict_style(cell->verdict),
                   cell->verdict == PB_VERDICT_INVALID ? "not compared"
                                                       : pb_verdict_name(cell->verdict));
    else
        pb_buf_add_cstr(t->out, cell == phase->baseline ? "baseline" : "limit");
}

static void add_against_table(const struct text *t, const struct pb_report_phase *phase)
{
    if (!is_compared(phase)) return;
    add_arm(t, "PM");
    add_right(t, "change", CHANGE_WIDTH);
    add_right(t, "interval", INTERVAL_WIDTH);
    if (phase->limit) add_right(t, "x limit", FACTOR_WIDTH);
    pb_buf_add_cstr(t->out, "  against ");
    pb_add_line(t->out, t->model->baseline);
    pb_buf_add_char(t->out, '\n');
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        if (!pb_cell_has_figures(cell)) continue;
        struct against a = against_of(cell);
        add_arm(t, cell->arm);
        add_right(t, a.change, CHANGE_WIDTH);
        add_right(t, a.interval, INTERVAL_WIDTH);
        if (phase->limit) add_right(t, a.factor, FACTOR_WIDTH);
        pb_buf_add_cstr(t->out, "  ");
        add_verdict(t, phase, cell);
        pb_buf_add_char(t->out, '\n');
    }
}

static void add_table(const struct text *t, const struct pb_seed_table *table,
                      const struct pb_report_phase *phase)
{
    add_arm(t, "PM");
    for (size_t c = 0; c < table->column_count; c++)
        add_right(t, table->columns[c].header, table->columns[c].width);
    pb_buf_add_char(t->out, '\n');
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        add_arm(t, cell->arm);
        if (!pb_cell_has_figures(cell)) {
            pb_buf_add_cstr(t->out, "  ");
            add_styled(t, badge_style(cell), pb_cell_badge(cell));
        }
        for (size_t c = 0; pb_cell_has_figures(cell) && c < table->column_count; c++) {
            char value[32];
            pb_seed_value(&table->columns[c], cell, value);
            add_right(t, value, table->columns[c].width);
        }
        pb_buf_add_char(t->out, '\n');
    }
}

/* Paragraphs for narrow terminals: "  name value" pairs, wrapped at the width. */
static void add_pair(const struct text *t, int *at, const char *name, const char *value)
{
    int need = 2 + columns_of(name) + 1 + columns_of(value);
    if (*at > 0 && *at + need > (int)t->options->width) {
        pb_buf_add_char(t->out, '\n');
        *at = 0;
    }
    pb_buf_printf(t->out, "  %s %s", name, value);
    *at += need;
}

static void add_stacked_figures(const struct text *t, const struct pb_report_phase *phase,
                                const struct pb_cell *cell)
{
    int at = 0;
    struct against a = against_of(cell);
    if (is_compared(phase) && cell->against_baseline) {
        add_pair(t, &at, "change", a.change);
        add_pair(t, &at, "interval", a.interval);
    }
    if (cell->against_limit.has) add_pair(t, &at, "x limit", a.factor);
    for (size_t i = 0; i < PB_SEED_TABLE_COUNT; i++)
        for (size_t c = 0; c < pb_seed_tables[i].column_count; c++) {
            char value[32];
            pb_seed_value(&pb_seed_tables[i].columns[c], cell, value);
            add_pair(t, &at, pb_seed_tables[i].columns[c].header, value);
        }
    pb_buf_add_char(t->out, '\n');
}

static void add_stacked(const struct text *t, const struct pb_report_phase *phase)
{
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        add_styled(t, bold, cell->arm);
        pb_buf_add_cstr(t->out, ": ");
        if (!pb_cell_has_figures(cell))
            add_styled(t, badge_style(cell), pb_cell_badge(cell));
        else if (is_compared(phase))
            add_verdict(t, phase, cell);
        pb_buf_add_char(t->out, '\n');
        if (pb_cell_has_figures(cell)) add_stacked_figures(t, phase, cell);
    }
}

/* Columns that the tables need. */
static int tables_width(const struct text *t, const struct pb_report_phase *phase)
{
    int widest = is_compared(phase) ? CHANGE_WIDTH + INTERVAL_WIDTH + 4 + VERDICT_WIDTH : 0;
    if (widest && phase->limit) widest += 1 + FACTOR_WIDTH;
    for (size_t i = 0; i < PB_SEED_TABLE_COUNT; i++) {
        int width = 0;
        for (size_t c = 0; c < pb_seed_tables[i].column_count; c++)
            width += 1 + pb_seed_tables[i].columns[c].width;
        widest = width > widest ? width : widest;
    }
    return t->pm_width + widest;
}

static void add_reasons(const struct text *t, const struct pb_report_phase *phase)
{
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        if (!cell->reason) continue;
        pb_add_line(t->out, cell->arm);
        pb_buf_add_char(t->out, ' ');
        add_styled(t, badge_style(cell), pb_cell_badge(cell));
        pb_buf_add_cstr(t->out, ": ");
        pb_add_wrapped(t->out, cell->reason, t->options->width,
                       columns_of(cell->arm) + 1 + columns_of(pb_cell_badge(cell)) + 2);
        pb_buf_add_char(t->out, '\n');
    }
}

static void add_phase(const struct text *t, const struct pb_report_phase *phase)
{
    add_styled(t, bold, "## ");
    add_styled(t, bold, phase->key);
    pb_buf_add_char(t->out, '\n');
    unsigned width = t->options->width;
    if (width && tables_width(t, phase) > (int)width) {
        add_stacked(t, phase);
    } else {
        for (size_t i = 0; i < PB_SEED_TABLE_COUNT; i++)
            add_table(t, &pb_seed_tables[i], phase);
        add_against_table(t, phase);
    }
    add_reasons(t, phase);
    if (phase->work_remark) add_prose(t, yellow, phase->work_remark);
    pb_buf_add_char(t->out, '\n');
}

static int widest_arm(const struct pb_report_model *model)
{
    int width = PB_SEED_PM_WIDTH;
    for (size_t i = 0; i < model->run.arm_count; i++) {
        int n = columns_of(model->run.arms[i]);
        width = n > width ? n : width;
    }
    return width;
}

static void add_top(const struct text *t)
{
    PB_AUTO_BUF struct pb_buf headline = PB_BUF_INIT(1 << 20);
    for (size_t i = 0; i < t->model->problem_count; i++)
        add_prose(t, yellow, t->model->problems[i]);
    pb_add_headline(&headline, t->model);
    add_prose(t, bold, headline.p);
    pb_buf_clear(&headline);
    pb_add_isolation(&headline, &t->model->run);
    if (headline.n) add_prose(t, NULL, headline.p);
    pb_buf_add_char(t->out, '\n');
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    struct text t = {.out = out, .options = options, .model = model, .pm_width = widest_arm(model)};
    add_top(&t);
    for (size_t r = 0; r < model->registry_count; r++) {
        const struct pb_report_registry *registry = &model->registries[r];
        if (registry->has_results && model->registry_count > 1) pb_buf_add_cstr(out, "# ");
        if (!registry->has_results || model->registry_count > 1) pb_add_line(out, registry->label);
        if (!registry->has_results) {
            pb_buf_add_cstr(out, ": no output captured.\n");
            continue;
        }
        if (model->registry_count > 1) pb_buf_add_char(out, '\n');
        for (size_t p = 0; p < registry->phase_count; p++) {
            add_phase(&t, &registry->phases[p]);
            if (pb_report_drain(options, out, err) < 0) return -1;
        }
    }
    return 0;
}

const struct pb_report_format pb_report_text = {
    .name = "text",
    .extension = "txt",
    .help = "tables for a terminal or a log",
    .render = render,
};
