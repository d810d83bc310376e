/* SPDX-License-Identifier: MIT */
/* The figure of a phase is its table: each row holds the samples of an arm as dots on a common
 * axis, and beside them the numbers. */
#include "reports/html.h"

#include "reports/escape.h"
#include "reports/lead.h"
#include "reports/svg.h"
#include "reports/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    ROW_HEIGHT = 50,
    BAND_TOP = 7,
    BAND_BOTTOM = 43,
    AXIS_HEIGHT = 18,
    DOTS_TOP = 11,
    DOTS_BOTTOM = 39
};

static struct pb_svg_axis axis_of(const struct pb_report_phase *phase)
{
    double largest = 0;
    for (size_t i = 0; i < phase->cell_count; i++)
        if (pb_cell_has_figures(phase->cells[i]))
            largest = fmax(largest, phase->cells[i]->metric[PB_M_WALL].max);
    return pb_svg_axis_for(largest);
}

/* Ticks are round: no more digits than needed. */
static void show_tick(double ns, double step, char out[32])
{
    if (ns == 0)
        snprintf(out, 32, "0");
    else if (step >= 1e8)
        snprintf(out, 32, "%.4g s", ns / 1e9);
    else if (step >= 1e5)
        snprintf(out, 32, "%.4g ms", ns / 1e6);
    else
        snprintf(out, 32, "%.4g µs", ns / 1e3);
}

static void add_axis(struct pb_buf *out, const struct pb_svg_axis *axis)
{
    pb_svg_open(out, "axis", AXIS_HEIGHT);
    for (int i = 0; i < axis->ticks; i++) {
        double t = i * axis->step;
        char label[32];
        show_tick(t, axis->step, label);
        pb_svg_text(out, pb_svg_x(axis, t), 13, label);
    }
    pb_svg_close(out);
}

/* Rounds run from the top of a row to its bottom, so that drift shows as a slant. */
static double y_of_round(const struct pb_html *h, int round)
{
    unsigned rounds = h->model->run.rounds;
    if (rounds < 2 || round < 1) return (DOTS_TOP + DOTS_BOTTOM) / 2.0;
    double part = fmin(1, (double)(round - 1) / (double)(rounds - 1));
    return DOTS_TOP + part * (DOTS_BOTTOM - DOTS_TOP);
}

static void add_dots(const struct pb_html *h, const struct pb_svg_axis *axis,
                     const struct pb_cell *cell)
{
    for (size_t i = 0; i < cell->sample_count; i++) {
        const struct pb_sample *s = cell->samples[i];
        if (!pb_sample_counts(s) || !s->metrics.has[PB_M_WALL]) continue;
        double x = pb_svg_x(axis, (double)s->metrics.value[PB_M_WALL]);
        double y = y_of_round(h, s->round);
        if (s->outcome == PB_OUTCOME_CONTAMINATED)
            pb_svg_triangle(h->out, x, y, NULL);
        else if (cell->is_outlier[i])
            pb_svg_dot(h->out, x, y, 3.4, "far");
        else
            pb_svg_dot(h->out, x, y, 2.6, NULL);
    }
}

static void add_strip(const struct pb_html *h, const struct pb_report_phase *phase,
                      const struct pb_svg_axis *axis, const struct pb_cell *cell)
{
    struct pb_buf *out = h->out;
    pb_svg_open(out,
                cell == phase->limit      ? "strip lim"
                : cell == phase->baseline ? "strip base"
                                          : "strip",
                ROW_HEIGHT);
    for (int i = 0; i < axis->ticks; i++)
        pb_svg_line(out, pb_svg_x(axis, i * axis->step), 0, ROW_HEIGHT, "grid");
    if (cell->wall_interval.has)
        pb_svg_rect(out, pb_svg_x(axis, cell->wall_interval.low),
                    pb_svg_x(axis, cell->wall_interval.high - cell->wall_interval.low), BAND_TOP,
                    BAND_BOTTOM - BAND_TOP, NULL);
    if (phase->limit && pb_cell_has_figures(phase->limit))
        pb_svg_line(out, pb_svg_x(axis, phase->limit->metric[PB_M_WALL].median), 0, ROW_HEIGHT,
                    "limit");
    add_dots(h, axis, cell);
    pb_svg_line(out, pb_svg_x(axis, cell->metric[PB_M_WALL].median), BAND_TOP, BAND_BOTTOM, "mid");
    pb_svg_close(out);
}

static void add_median(const struct pb_html *h, const struct pb_cell *cell)
{
    char value[32], low[32], high[32];
    pb_show_value(PB_UNIT_NS, cell->metric[PB_M_WALL].median, value);
    pb_buf_printf(h->out,
                  "<td role=\"cell\" class=\"n\" data-label=\"Median\" data-v=\"%.0f\"><b>"
                  "%s</b>",
                  cell->metric[PB_M_WALL].median, value);
    if (cell->wall_interval.has) {
        pb_show_value(PB_UNIT_NS, cell->wall_interval.low, low);
        pb_show_value(PB_UNIT_NS, cell->wall_interval.high, high);
        pb_buf_printf(h->out, "<small>%s – %s</small>", low, high);
    }
    pb_buf_add_cstr(h->out, "</td>");
}

static void add_change(const struct pb_html *h, const struct pb_report_phase *phase,
                       const struct pb_cell *cell)
{
    const struct pb_comparison *c =
        cell->against_baseline ? &cell->against_baseline[PB_M_WALL] : NULL;
    char value[32], low[32], high[32];
    pb_buf_add_cstr(h->out, "<td role=\"cell\" class=\"n\" data-label=\"Change\"");
    if (!c || !c->has) {
        pb_buf_printf(h->out, "%s><span class=\"quiet\">%s</span></td>",
                      cell == phase->baseline ? " data-v=\"0\"" : "",
                      cell == phase->baseline ? "baseline" : "–");
        return;
    }
    pb_show_change(c->paired.estimate, value);
    pb_buf_printf(h->out, " data-v=\"%.6f\">%s", c->paired.estimate, value);
    if (c->paired.has_interval) {
        pb_show_change(c->paired.low, low);
        pb_show_change(c->paired.high, high);
        pb_buf_printf(h->out, "<small>%s … %s</small>", low, high);
    }
    pb_buf_add_cstr(h->out, "</td>");
}

static void add_factor(const struct pb_html *h, const struct pb_cell *cell)
{
    char value[32];
    pb_buf_add_cstr(h->out, "<td role=\"cell\" class=\"n\" data-label=\"Times the limit\"");
    if (!cell->against_limit.has) {
        pb_buf_add_cstr(h->out, "><span class=\"quiet\">–</span></td>");
        return;
    }
    pb_show_factor(cell->against_limit.paired.estimate, value);
    pb_buf_printf(h->out, " data-v=\"%.6f\">%s</td>", cell->against_limit.paired.estimate, value);
}

/* A few disturbed samples are told, many are a warning: as the run's check has it. */
static void add_disturbed(struct pb_buf *out, const struct pb_cell *cell)
{
    size_t disturbed = pb_cell_disturbed(cell);
    if (disturbed == 0) return;
    if (5 * disturbed <= cell->sample_count)
        pb_buf_printf(out, "<small>%zu of %zu disturbed</small>", disturbed, cell->sample_count);
    else
        pb_buf_printf(out,
                      " <span class=\"v unsure\"><span aria-hidden=\"true\">!</span> %zu of %zu "
                      "disturbed</span>",
                      disturbed, cell->sample_count);
}

static void add_verdict(const struct pb_html *h, const struct pb_cell *cell)
{
    static const struct {
        const char *css_class, *mark;
    } looks[] = {
        [PB_VERDICT_SLOWER] = {"bad", "▲"},      [PB_VERDICT_FASTER] = {"good", "▼"},
        [PB_VERDICT_EQUIVALENT] = {"same", "="}, [PB_VERDICT_INCONCLUSIVE] = {"unsure", "?"},
        [PB_VERDICT_INVALID] = {"none", "–"},
    };
    pb_buf_add_cstr(h->out, "<td role=\"cell\" data-label=\"Verdict\">");
    if (cell->verdict_reason) {
        pb_buf_printf(h->out, "<span class=\"v %s\" title=\"", looks[cell->verdict].css_class);
        pb_add_xml(h->out, cell->verdict_reason);
        pb_buf_printf(
            h->out, "\"><span aria-hidden=\"true\">%s</span> %s</span>", looks[cell->verdict].mark,
            cell->verdict == PB_VERDICT_INVALID ? "not compared" : pb_verdict_name(cell->verdict));
    }
    add_disturbed(h->out, cell);
    pb_buf_add_cstr(h->out, "</td>");
}

static void add_row(const struct pb_html *h, const struct pb_report_phase *phase,
                    const struct pb_svg_axis *axis, const struct pb_cell *cell)
{
    struct pb_buf *out = h->out;
    char note[128];
    const struct pb_journal_arm *arm = pb_report_arm(h->model, cell->arm);
    bool has = pb_cell_has_figures(cell);
    snprintf(note, sizeof note, "%.60s%sn = %zu", arm && arm->version ? arm->version : "",
             arm && arm->version ? " · " : "", cell->metric[PB_M_WALL].n);
    pb_buf_printf(out, "<tr role=\"row\"%s", has ? "" : " class=\"off\"");
    pb_html_arm_key(out, cell->arm);
    pb_buf_add_char(out, '>');
    pb_html_arm(h, phase, cell, note);
    if (!has) {
        pb_buf_printf(out, "<td role=\"cell\" class=\"why\" colspan=\"%d\">", phase->limit ? 5 : 4);
        pb_html_badge(out, cell);
        pb_buf_add_char(out, ' ');
        pb_add_xml(out, cell->reason);
        pb_buf_add_cstr(out, "</td></tr>");
        return;
    }
    pb_buf_add_cstr(out, "<td role=\"cell\" class=\"graph\">");
    add_strip(h, phase, axis, cell);
    pb_buf_add_cstr(out, "</td>");
    add_median(h, cell);
    add_change(h, phase, cell);
    if (phase->limit) add_factor(h, cell);
    add_verdict(h, cell);
    pb_buf_add_cstr(out, "</tr>");
}

static void add_caption(const struct pb_html *h, const struct pb_report_phase *phase)
{
    char value[32];
    pb_buf_add_cstr(h->out, "<caption>Wall time of every sample");
    if (phase->contestants > 1) {
        pb_show_value(PB_UNIT_NS, phase->fastest->metric[PB_M_WALL].median, value);
        pb_buf_add_cstr(h->out, ". Shortest median: <b>");
        pb_add_xml(h->out, phase->fastest->arm);
        pb_buf_printf(h->out, "</b>, %s; ", value);
        PB_AUTO_BUF struct pb_buf lead = PB_BUF_INIT(4096);
        pb_lead_words(&lead, phase);
        pb_add_xml(h->out, lead.p);
    }
    pb_buf_add_cstr(h->out, "</caption>");
}

void pb_html_phase_figure(const struct pb_html *h, const struct pb_report_phase *phase)
{
    static const char head[] = "<th scope=\"col\" role=\"columnheader\" data-sort class=\"n\">";
    struct pb_svg_axis axis = axis_of(phase);
    struct pb_buf *out = h->out;
    pb_buf_add_cstr(out, "<table class=\"figure sortable\" role=\"table\">");
    add_caption(h, phase);
    pb_buf_add_cstr(out, "<thead role=\"rowgroup\"><tr role=\"row\"><th scope=\"col\" "
                         "role=\"columnheader\" data-sort>PM</th><th scope=\"col\" "
                         "role=\"columnheader\" class=\"graph\"><span class=\"vh\">Samples</span>");
    add_axis(out, &axis);
    pb_buf_printf(out, "</th>%sMedian</th>%sAgainst ", head, head);
    pb_add_xml(out, h->model->baseline ? h->model->baseline : "baseline");
    pb_buf_add_cstr(out, "</th>");
    if (phase->limit) pb_buf_printf(out, "%s× limit</th>", head);
    pb_buf_add_cstr(out, "<th scope=\"col\" role=\"columnheader\" data-sort>Verdict</th></tr>"
                         "</thead><tbody role=\"rowgroup\">");
    for (size_t i = 0; i < phase->cell_count; i++)
        add_row(h, phase, &axis, phase->ranked[i]);
    pb_buf_add_cstr(out, "</tbody></table>");
}
