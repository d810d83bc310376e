/* SPDX-License-Identifier: MIT */
/* The same plot as a picture: a stand-alone SVG, intervals and titles on hover, light and dark. */
#include "reports/escape.h"
#include "reports/history_report.h"
#include "reports/svg.h"
#include "reports/values.h"

#include <math.h>
#include <stdio.h>

enum { TITLE = 26, PLOT = 150, AXIS = 24, GAP = 16, BLOCK = TITLE + PLOT + AXIS + GAP };
#define LEFT 8.0 /* percent: the labels of the axis */
#define RIGHT 98.0

static const char style[] =
    "<style>svg{font:12px system-ui,sans-serif;background:#faf9f7;color:#1d2227}"
    "text{fill:currentColor}.p{fill:#0067a5}.i{fill:#8fb8d6}.l{fill:#ad4b00}"
    ".c{stroke:#ad4b00;stroke-dasharray:3 3}.g{fill:#e3e0da}"
    "@media(prefers-color-scheme:dark){svg{background:#131619;color:#e9e7e3}.p{fill:#6cb6ec}"
    ".i{fill:#35597a}.l{fill:#f0a05e}.c{stroke:#f0a05e}.g{fill:#2d3339}}</style>\n";

struct picture {
    struct pb_buf *out;
    const struct pb_trend *trend;
    double top; /* of the plot, in pixels */
    double low, high;
};

static double x_of(const struct picture *p, size_t i)
{
    double steps = p->trend->n > 1 ? (double)(p->trend->n - 1) : 1;
    return LEFT + (RIGHT - LEFT) * (double)i / steps;
}

static double y_of(const struct picture *p, double value)
{
    double part = (p->high - value) / (p->high - p->low);
    return p->top + PLOT * fmin(fmax(part, 0), 1);
}

/* The points with a margin; intervals may reach beyond and are cut. */
static void find_range(struct picture *p)
{
    p->low = p->high = p->trend->log_ratio[0];
    for (size_t i = 1; i < p->trend->n; i++) {
        p->low = fmin(p->low, p->trend->log_ratio[i]);
        p->high = fmax(p->high, p->trend->log_ratio[i]);
    }
    double margin = fmax(0.1 * (p->high - p->low), 0.02);
    p->low -= margin;
    p->high += margin;
}

static void add_grid(const struct picture *p)
{
    enum { LINES = 4 };
    for (int i = 0; i <= LINES; i++) {
        double value = p->high - (p->high - p->low) * i / LINES;
        char label[32];
        snprintf(label, sizeof label, "%.3f×", exp(value));
        pb_svg_rect(p->out, LEFT, RIGHT - LEFT, y_of(p, value), 1, "g");
        pb_svg_text(p->out, 0.5, y_of(p, value) + 4, label);
    }
    char day[16];
    snprintf(day, sizeof day, "%.10s", p->trend->entry[0]->run->started_utc);
    pb_svg_text(p->out, LEFT, p->top + PLOT + 18, day);
    snprintf(day, sizeof day, "%.10s", p->trend->entry[p->trend->n - 1]->run->started_utc);
    if (p->trend->n > 1) pb_svg_text(p->out, RIGHT, p->top + PLOT + 18, day);
}

static void add_level(const struct picture *p, size_t begin, size_t end, double level)
{
    double from = x_of(p, begin);
    pb_svg_rect(p->out, from, x_of(p, end - 1) - from, y_of(p, level) - 1, 2, "l");
}

static void add_changes(const struct picture *p)
{
    const struct pb_trend *t = p->trend;
    for (size_t i = 0; i < t->change_count; i++) {
        const struct pb_change_point *c = &t->changes[i];
        size_t end = i + 1 < t->change_count ? t->changes[i + 1].at : t->n;
        char change[32];
        if (i == 0) add_level(p, 0, c->at, c->before);
        add_level(p, c->at, end, c->after);
        pb_svg_line(p->out, x_of(p, c->at), p->top, p->top + PLOT, "c");
        pb_show_change(c->after - c->before, change);
        pb_svg_text(p->out, x_of(p, c->at), p->top + 12, change);
    }
}

static void add_hover(const struct picture *p, size_t i)
{
    const struct pb_history_run *run = p->trend->entry[i]->run;
    char ratio[32];
    pb_show_factor(p->trend->log_ratio[i], ratio);
    pb_buf_add_cstr(p->out, "<title>");
    pb_add_xml(p->out, run->started_utc);
    pb_buf_add_char(p->out, ' ');
    pb_add_xml(p->out, run->commit ? run->commit : run->label);
    pb_buf_printf(p->out, ": %s</title>", ratio);
}

static void add_points(const struct picture *p)
{
    for (size_t i = 0; i < p->trend->n; i++) {
        const struct pb_history_point *point = &p->trend->entry[i]->point;
        pb_buf_add_cstr(p->out, "<g>");
        add_hover(p, i);
        if (point->has_interval) {
            double high = y_of(p, point->high);
            pb_svg_rect(p->out, x_of(p, i) - 0.15, 0.3, high, y_of(p, point->low) - high, "i");
        }
        pb_svg_dot(p->out, x_of(p, i), y_of(p, point->log_ratio), 3, "p");
        pb_buf_add_cstr(p->out, "</g>\n");
    }
}

static void add_trend(struct pb_buf *out, const struct pb_trend *t, double top)
{
    struct picture p = {.out = out, .trend = t, .top = top + TITLE};
    const struct pb_history_key *key = &t->series->key;
    PB_AUTO_BUF struct pb_buf title = PB_BUF_INIT(1 << 16);
    pb_buf_printf(&title, "%s: %s against %s, %s (%s, %s, %s)", key->phase, key->arm,
                  key->reference, key->metric, key->registry, key->project ? key->project : "-",
                  key->platform ? key->platform : "-");
    pb_svg_text(out, 0.5, top + 16, title.p);
    if (t->n == 0) return;
    find_range(&p);
    add_grid(&p);
    add_points(&p);
    add_changes(&p);
    pb_buf_add_char(out, '\n');
}

void pb_history_plot_svg(struct pb_buf *out, const struct pb_trend *trends, size_t n,
                         const struct pb_plot_options *options)
{
    pb_buf_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%zu\" "
                  "role=\"img\" aria-label=\"history of ratios\">\n",
                  options->width, n * BLOCK + GAP);
    pb_buf_add_cstr(out, style);
    for (size_t i = 0; i < n; i++)
        add_trend(out, &trends[i], (double)i * BLOCK + GAP / 2.0);
    pb_svg_close(out);
    pb_buf_add_char(out, '\n');
}
