/* SPDX-License-Identifier: MIT */
/* Where the time went, of traced samples: a stacked bar for each arm, its table beside it. */
#include "reports/html.h"

#include "reports/svg.h"
#include "reports/values.h"

#include <math.h>
#include <stddef.h>

enum { OPEN_UP_TO = 12, ROW_HEIGHT = 30, BAR_TOP = 6, BAR_HEIGHT = 18 };

static const char *const class_titles[PB_TIME_CLASSES] = {
    [PB_TIME_CPU] = "On CPU",      [PB_TIME_RUN_QUEUE] = "Run queue", [PB_TIME_DISK] = "Disk",
    [PB_TIME_NETWORK] = "Network", [PB_TIME_LOCKS] = "Locks",         [PB_TIME_OTHER] = "Other",
};

static const struct view {
    const char *title, *caption, *total;
    size_t offset; /* of the split within the splits of a cell */
    bool cuts_locks;
} views[] = {
    {"Where the wall time went",
     "Each moment counts for the first of these in which any thread was: a wait is what kept the "
     "whole arm waiting",
     "Wall", offsetof(struct pb_time_splits, wall), false},
    {"What the threads did",
     "The time of all threads, summed; threads parked in a pool show as locks, which are cut off "
     "(›) where they would dwarf the rest",
     "Sum", offsetof(struct pb_time_splits, threads), true},
};

static const struct pb_time_split *split_of(const struct view *view, const struct pb_cell *cell)
{
    return (const struct pb_time_split *)((const char *)&cell->time + view->offset);
}

static size_t samples_of(const struct view *view, const struct pb_report_phase *phase)
{
    size_t most = 0;
    for (size_t i = 0; i < phase->cell_count; i++) {
        size_t n = split_of(view, phase->cells[i])->samples;
        most = n > most ? n : most;
    }
    return most;
}

/* Locks may reach to a third beyond what the arms do otherwise. */
static struct pb_svg_axis axis_of(const struct view *view, const struct pb_report_phase *phase)
{
    double whole = 0, without = 0;
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_time_split *split = split_of(view, phase->cells[i]);
        whole = fmax(whole, pb_time_split_total(split));
        without = fmax(without, pb_time_split_total(split) - split->ns[PB_TIME_LOCKS]);
    }
    double largest = view->cuts_locks ? fmin(whole, without * 4 / 3) : whole;
    return (struct pb_svg_axis){.max = largest > 0 ? largest : 1};
}

/* Locks come last, so that what is cut off is theirs. */
static void add_bar(const struct pb_html *h, const struct pb_svg_axis *axis,
                    const struct pb_time_split *split)
{
    static const enum pb_time_class order[] = {PB_TIME_CPU,     PB_TIME_RUN_QUEUE, PB_TIME_DISK,
                                               PB_TIME_NETWORK, PB_TIME_OTHER,     PB_TIME_LOCKS};
    double at = 0;
    pb_svg_open(h->out, "bars split", ROW_HEIGHT);
    for (size_t i = 0; i < PB_TIME_CLASSES; i++) {
        double ns = fmin(split->ns[order[i]], axis->max - at);
        char css_class[4] = {'t', (char)('0' + order[i])};
        if (!(ns > axis->max / 2000)) continue;
        pb_svg_rect(h->out, pb_svg_x(axis, at), pb_svg_x(axis, ns), BAR_TOP, BAR_HEIGHT, css_class);
        at += ns;
    }
    if (pb_time_split_total(split) > axis->max * 1.001) pb_svg_text(h->out, 99, 20, "›");
    pb_svg_close(h->out);
}

/* time_class -1: the whole. */
static void add_value(const struct pb_html *h, const char *label, int time_class, double ns,
                      double total)
{
    char value[32];
    pb_show_value(PB_UNIT_NS, ns, value);
    pb_buf_add_cstr(h->out, "<td role=\"cell\" class=\"n");
    if (time_class >= 0) pb_buf_printf(h->out, " t%d", time_class);
    pb_buf_printf(h->out, "\" data-label=\"%s\" data-v=\"%.0f\">%s", label, ns, value);
    if (total > 0) pb_buf_printf(h->out, "<small>%.0f %%</small>", 100 * ns / total);
    pb_buf_add_cstr(h->out, "</td>");
}

static void add_row(const struct pb_html *h, const struct view *view,
                    const struct pb_report_phase *phase, const struct pb_svg_axis *axis,
                    const struct pb_cell *cell)
{
    const struct pb_time_split *split = split_of(view, cell);
    double total = pb_time_split_total(split);
    if (split->samples == 0) return;
    pb_buf_add_cstr(h->out, "<tr role=\"row\"");
    pb_html_arm_key(h->out, cell->arm);
    pb_buf_add_char(h->out, '>');
    pb_html_arm(h, phase, cell, NULL);
    pb_buf_add_cstr(h->out, "<td role=\"cell\" class=\"graph\">");
    add_bar(h, axis, split);
    pb_buf_add_cstr(h->out, "</td>");
    for (int i = 0; i < PB_TIME_CLASSES; i++)
        add_value(h, class_titles[i], i, split->ns[i], total);
    add_value(h, view->total, -1, total, 0);
    pb_buf_add_cstr(h->out, "</tr>");
}

static void add_head(const struct pb_html *h, const struct view *view)
{
    static const char head[] = "<th scope=\"col\" role=\"columnheader\" data-sort class=\"n\">";
    pb_buf_printf(
        h->out,
        "<div class=\"scroll\" role=\"group\" aria-label=\"%s\" tabindex=\"0\">"
        "<table class=\"figure time sortable\" role=\"table\"><caption>%s.</caption><thead "
        "role=\"rowgroup\"><tr role=\"row\"><th scope=\"col\" "
        "role=\"columnheader\" data-sort>PM</th><th scope=\"col\" role=\"columnheader\" "
        "class=\"graph\"><span class=\"vh\">Bars</span></th>",
        view->title, view->caption);
    for (int i = 0; i < PB_TIME_CLASSES; i++)
        pb_buf_printf(h->out, "%s<span class=\"key t%d\">%s</span></th>", head, i, class_titles[i]);
    pb_buf_printf(h->out, "%s%s</th></tr></thead><tbody role=\"rowgroup\">", head, view->total);
}

static void add_view(const struct pb_html *h, const struct view *view,
                     const struct pb_report_phase *phase)
{
    struct pb_svg_axis axis = axis_of(view, phase);
    add_head(h, view);
    for (size_t i = 0; i < phase->cell_count; i++)
        add_row(h, view, phase, &axis, phase->ranked[i]);
    pb_buf_add_cstr(h->out, "</tbody></table></div>");
}

/* Folded when there is a better view above. */
static void add_part(const struct pb_html *h, const struct view *view,
                     const struct pb_report_phase *phase, bool is_open)
{
    size_t n = samples_of(view, phase);
    if (n == 0) return;
    pb_buf_printf(h->out,
                  "<details class=\"more\"%s><summary>%s <span class=\"aside\">%zu traced "
                  "sample%s, in no other figure</span></summary>",
                  is_open && phase->cell_count <= OPEN_UP_TO ? " open" : "", view->title, n,
                  n == 1 ? "" : "s");
    add_view(h, view, phase);
    pb_buf_add_cstr(h->out, "</details>");
}

void pb_html_time(const struct pb_html *h, const struct pb_report_phase *phase)
{
    add_part(h, &views[0], phase, true);
    add_part(h, &views[1], phase, samples_of(&views[0], phase) == 0);
}
