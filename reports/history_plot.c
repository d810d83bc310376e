/* SPDX-License-Identifier: MIT */
/* A plot of characters: one column or more per run, levels as lines, changes as columns. */
#include "reports/escape.h"
#include "reports/history_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 11, LABEL_WIDTH = 8, COLUMNS_MIN = 10, COLUMNS_MAX = 400, ROWS_PER_LABEL = 5 };

enum glyph { EMPTY, LEVEL, CHANGE, POINT, GLYPHS };
static const char *const unicode[GLYPHS] = {" ", "─", "╎", "●"};
static const char *const plain[GLYPHS] = {" ", "-", "|", "*"};

struct plot {
    const struct pb_trend *trend;
    size_t columns;
    double low, high; /* log ratios of the lowest and the highest row */
    unsigned char cell[ROWS][COLUMNS_MAX];
};

static size_t column_of(const struct plot *p, size_t i)
{
    if (p->trend->n < 2) return 0;
    return i * (p->columns - 1) / (p->trend->n - 1);
}

static size_t row_of(const struct plot *p, double value)
{
    double part = (p->high - value) / (p->high - p->low);
    return (size_t)lround(fmin(fmax(part, 0), 1) * (ROWS - 1));
}

static void set(struct plot *p, size_t row, size_t column, enum glyph glyph)
{
    if (p->cell[row][column] < glyph) p->cell[row][column] = (unsigned char)glyph;
}

static void find_range(struct plot *p)
{
    p->low = p->high = p->trend->log_ratio[0];
    for (size_t i = 1; i < p->trend->n; i++) {
        p->low = fmin(p->low, p->trend->log_ratio[i]);
        p->high = fmax(p->high, p->trend->log_ratio[i]);
    }
    /* Noise of a percent must not fill the plot. */
    double missing = 0.05 - (p->high - p->low);
    if (missing > 0) {
        p->low -= missing / 2;
        p->high += missing / 2;
    }
}

static void draw_level(struct plot *p, size_t begin, size_t end, double level)
{
    for (size_t c = column_of(p, begin); c <= column_of(p, end - 1); c++)
        set(p, row_of(p, level), c, LEVEL);
}

static void draw(struct plot *p)
{
    const struct pb_trend *t = p->trend;
    for (size_t i = 0; i < t->n; i++)
        set(p, row_of(p, t->log_ratio[i]), column_of(p, i), POINT);
    for (size_t i = 0; i < t->change_count; i++) {
        const struct pb_change_point *c = &t->changes[i];
        size_t end = i + 1 < t->change_count ? t->changes[i + 1].at : t->n;
        if (i == 0) draw_level(p, 0, c->at, c->before);
        draw_level(p, c->at, end, c->after);
        for (size_t row = 0; row < ROWS; row++)
            set(p, row, column_of(p, c->at), CHANGE);
    }
}

static void add_grid(struct pb_buf *out, const struct plot *p, const struct pb_plot_options *o)
{
    const char *const *glyphs = o->ascii ? plain : unicode;
    for (size_t row = 0; row < ROWS; row++) {
        char label[32] = "";
        bool labelled = row % ROWS_PER_LABEL == 0;
        double value = p->high - (p->high - p->low) * (double)row / (ROWS - 1);
        if (labelled) snprintf(label, sizeof label, "%.3f", exp(value));
        pb_buf_printf(out, "%*s %s", LABEL_WIDTH - 2, label, o->ascii ? "|" : labelled ? "┤" : "│");
        size_t last = p->columns;
        while (last > 0 && p->cell[row][last - 1] == EMPTY)
            last--;
        for (size_t c = 0; c < last; c++) {
            enum glyph g = (enum glyph)p->cell[row][c];
            bool styled = o->color && g == CHANGE;
            pb_buf_printf(out, "%s%s%s", styled ? "\033[33m" : "", glyphs[g],
                          styled ? "\033[0m" : "");
        }
        pb_buf_add_char(out, '\n');
    }
}

static void add_axis(struct pb_buf *out, const struct plot *p, const struct pb_plot_options *o)
{
    const struct pb_trend *t = p->trend;
    pb_buf_printf(out, "%*s%s", LABEL_WIDTH - 1, "", o->ascii ? "+" : "└");
    for (size_t c = 0; c < p->columns; c++)
        pb_buf_add_cstr(out, o->ascii ? "-" : "─");
    int gap = (int)p->columns - 20;
    pb_buf_printf(out, "\n%*s", LABEL_WIDTH, "");
    if (t->n > 1 && gap > 0)
        pb_buf_printf(out, "%-10.10s%*s%.10s\n", t->entry[0]->run->started_utc, gap, "",
                      t->entry[t->n - 1]->run->started_utc);
    else
        pb_buf_printf(out, "%.10s\n", t->entry[0]->run->started_utc);
}

static void add_title(struct pb_buf *out, const struct pb_trend *t)
{
    const struct pb_history_key *key = &t->series->key;
    const char *const parts[] = {key->phase,  key->arm,      "against",    key->reference,
                                 key->metric, key->registry, key->project, key->platform};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (i) pb_buf_add_char(out, ' ');
        pb_add_line(out, parts[i] ? parts[i] : "-");
    }
    pb_buf_printf(out, ": %zu %s\n", t->n, t->n == 1 ? "run" : "runs");
}

static void add_changes(struct pb_buf *out, const struct pb_trend *t)
{
    for (size_t i = 0; i < t->change_count; i++) {
        const struct pb_change_point *c = &t->changes[i];
        const struct pb_history_run *run = t->entry[c->at]->run;
        pb_buf_printf(out, "  %s ", run->started_utc);
        pb_add_line(out, run->commit ? run->commit : run->label ? run->label : run->id);
        pb_buf_printf(out, ": %.3f to %.3f (%+.1f%%), p %.3f\n", exp(c->before), exp(c->after),
                      100 * expm1(c->after - c->before), c->p);
    }
}

void pb_history_plot_text(struct pb_buf *out, const struct pb_trend *trends, size_t n,
                          const struct pb_plot_options *options)
{
    for (size_t i = 0; i < n; i++) {
        struct plot plot = {.trend = &trends[i]};
        size_t room = options->width > LABEL_WIDTH ? options->width - LABEL_WIDTH : 0;
        plot.columns = room < COLUMNS_MIN ? COLUMNS_MIN : room > COLUMNS_MAX ? COLUMNS_MAX : room;
        if (i) pb_buf_add_char(out, '\n');
        add_title(out, &trends[i]);
        if (trends[i].n == 0) continue;
        find_range(&plot);
        draw(&plot);
        add_grid(out, &plot, options);
        add_axis(out, &plot, options);
        add_changes(out, &trends[i]);
    }
}
