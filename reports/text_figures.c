/* SPDX-License-Identifier: MIT */
#include "reports/text_figures.h"

#include "reports/escape.h"
#include "reports/seed_tables.h"
#include "reports/text_wrap.h"
#include "reports/values.h"

#include <stdio.h>

static const char red[] = "\033[31m", green[] = "\033[32m", off[] = "\033[0m";
const char pb_text_yellow[] = "\033[33m", pb_text_bold[] = "\033[1m";
enum { CHANGE_WIDTH = 8, INTERVAL_WIDTH = 18, FACTOR_WIDTH = 7, VERDICT_WIDTH = 12 };

void pb_text_styled(const struct pb_text *t, const char *style, const char *text)
{
    bool styled = t->options->color && style;
    if (styled) pb_buf_add_cstr(t->out, style);
    pb_add_line(t->out, text);
    if (styled) pb_buf_add_cstr(t->out, off);
}

int pb_text_width(const char *text)
{
    return pb_text_columns(pb_str(text));
}

void pb_text_prose(const struct pb_text *t, const char *style, const char *prose)
{
    bool styled = t->options->color && style;
    if (styled) pb_buf_add_cstr(t->out, style);
    pb_add_wrapped(t->out, prose, t->options->width, 0);
    if (styled) pb_buf_add_cstr(t->out, off);
    pb_buf_add_char(t->out, '\n');
}

static void add_blanks(const struct pb_text *t, int n)
{
    for (; n > 0; n--)
        pb_buf_add_char(t->out, ' ');
}

static void add_right(const struct pb_text *t, const char *value, int width)
{
    add_blanks(t, 1 + width - pb_text_width(value));
    pb_buf_add_cstr(t->out, value);
}

static void add_arm(const struct pb_text *t, const char *arm)
{
    pb_add_line(t->out, arm);
    add_blanks(t, t->pm_width - pb_text_width(arm));
}

static const char *verdict_style(enum pb_verdict verdict)
{
    static const char *const styles[] = {
        [PB_VERDICT_SLOWER] = red,      [PB_VERDICT_FASTER] = green,
        [PB_VERDICT_EQUIVALENT] = NULL, [PB_VERDICT_INCONCLUSIVE] = pb_text_yellow,
        [PB_VERDICT_INVALID] = red,
    };
    return styles[verdict];
}

const char *pb_text_badge_style(const struct pb_cell *cell)
{
    return pb_cell_has_figures(cell) || cell->outcome == PB_OUTCOME_UNSUPPORTED ? pb_text_yellow
                                                                                : red;
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

static void add_verdict(const struct pb_text *t, const struct pb_report_phase *phase,
                        const struct pb_cell *cell)
{
    if (cell->verdict_reason)
        pb_text_styled(t, verdict_style(cell->verdict),
                       cell->verdict == PB_VERDICT_INVALID ? "not compared"
                                                           : pb_verdict_name(cell->verdict));
    else
        pb_buf_add_cstr(t->out, cell == phase->baseline ? "baseline" : "limit");
}

static void add_against_table(const struct pb_text *t, const struct pb_report_phase *phase)
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

static void add_table(const struct pb_text *t, const struct pb_seed_table *table,
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
            pb_text_styled(t, pb_text_badge_style(cell), pb_cell_badge(cell));
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
static void add_pair(const struct pb_text *t, int *at, const char *name, const char *value)
{
    int need = 2 + pb_text_width(name) + 1 + pb_text_width(value);
    if (*at > 0 && *at + need > (int)t->options->width) {
        pb_buf_add_char(t->out, '\n');
        *at = 0;
    }
    pb_buf_printf(t->out, "  %s %s", name, value);
    *at += need;
}

static void add_stacked_figures(const struct pb_text *t, const struct pb_report_phase *phase,
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

static void add_stacked(const struct pb_text *t, const struct pb_report_phase *phase)
{
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        pb_text_styled(t, pb_text_bold, cell->arm);
        pb_buf_add_cstr(t->out, ": ");
        if (!pb_cell_has_figures(cell))
            pb_text_styled(t, pb_text_badge_style(cell), pb_cell_badge(cell));
        else if (is_compared(phase))
            add_verdict(t, phase, cell);
        pb_buf_add_char(t->out, '\n');
        if (pb_cell_has_figures(cell)) add_stacked_figures(t, phase, cell);
    }
}

/* Columns that the tables need. */
static int tables_width(const struct pb_text *t, const struct pb_report_phase *phase)
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

void pb_text_figures(const struct pb_text *t, const struct pb_report_phase *phase)
{
    unsigned width = t->options->width;
    if (width && tables_width(t, phase) > (int)width) {
        add_stacked(t, phase);
        return;
    }
    for (size_t i = 0; i < PB_SEED_TABLE_COUNT; i++)
        add_table(t, &pb_seed_tables[i], phase);
    add_against_table(t, phase);
}
