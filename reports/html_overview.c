/* SPDX-License-Identifier: MIT */
/* Arms by phases: the median wall times of a registry in one table. */
#include "reports/html.h"

#include "reports/escape.h"
#include "reports/lead.h"
#include "reports/svg.h"
#include "reports/values.h"

#include <math.h>

/* As long as the median among those of the phase. */
static void add_bar(struct pb_buf *out, const struct pb_report_phase *phase,
                    const struct pb_cell *cell, const char *css_class)
{
    enum { HEIGHT = 4 };
    struct pb_svg_axis axis = {.max = 0};
    for (size_t i = 0; i < phase->cell_count; i++)
        if (pb_cell_has_figures(phase->cells[i]))
            axis.max = fmax(axis.max, phase->cells[i]->metric[PB_M_WALL].median);
    if (!(axis.max > 0)) return;
    pb_svg_open(out, "bars mini", HEIGHT);
    pb_svg_rect(out, 0, pb_svg_x(&axis, cell->metric[PB_M_WALL].median), 0, HEIGHT, css_class);
    pb_svg_close(out);
}

static void add_overview_cell(const struct pb_html *h, const struct pb_report_phase *phase,
                              const struct pb_cell *cell)
{
    struct pb_buf *out = h->out;
    char value[32], factor[32];
    if (!pb_cell_has_figures(cell)) {
        pb_buf_add_cstr(out, "<td role=\"cell\">");
        pb_html_badge(out, cell);
        pb_buf_add_cstr(out, "</td>");
        return;
    }
    bool is_limit = cell == phase->limit, best = cell == phase->fastest && phase->contestants > 1;
    pb_show_value(PB_UNIT_NS, cell->metric[PB_M_WALL].median, value);
    pb_show_factor(log(cell->over_fastest), factor);
    pb_buf_printf(out, "<td role=\"cell\" data-v=\"%.0f\"%s>%s", cell->metric[PB_M_WALL].median,
                  best ? " class=\"best\"" : "", value);
    if (cell == phase->fastest)
        pb_buf_printf(out, "<small>%s</small>", best ? "fastest" : "no other");
    else
        pb_buf_printf(out, "<small>%s</small>", factor);
    add_bar(out, phase, cell,
            best                      ? "best"
            : is_limit                ? "lim"
            : cell == phase->baseline ? "base"
                                      : NULL);
    pb_buf_add_cstr(out, "</td>");
}

struct look {
    const char *css_class, *mark, *word;
};

/* More disturbed samples than the run's check lets pass make no lead a clear one. */
static const struct look *look_of(enum pb_lead lead, size_t disturbed, size_t all)
{
    static const struct look looks[] = {[PB_LEAD_CLEAR] = {"good", "✓", "clear"},
                                        [PB_LEAD_UNCLEAR] = {"unsure", "?", "not clear"},
                                        [PB_LEAD_UNKNOWN] = {"none", "–", "not known"}},
                             in_noise = {"unsure", "!", "clear, but disturbed"};
    return lead == PB_LEAD_CLEAR && 5 * disturbed > all ? &in_noise : &looks[lead];
}

static void add_lead(struct pb_buf *out, const struct pb_report_phase *phase)
{
    PB_AUTO_BUF struct pb_buf difference = PB_BUF_INIT(4096);
    size_t all, disturbed = pb_phase_disturbed(phase, &all);
    if (!phase->runner_up) {
        pb_buf_add_cstr(out, "<span class=\"quiet\">no contest</span>");
        return;
    }
    const struct look *look = look_of(pb_lead_of(phase), disturbed, all);
    pb_lead_difference(&difference, phase);
    pb_buf_printf(out, "<span class=\"v %s\"><span aria-hidden=\"true\">%s</span> %s</span><small>",
                  look->css_class, look->mark, look->word);
    pb_add_xml(out, difference.p);
    pb_buf_add_cstr(out, "</small>");
    if (disturbed)
        pb_buf_printf(out, "<small>%zu of %zu samples disturbed</small>", disturbed, all);
}

/* Who is fastest is seen at a glance; this says whether to believe it. */
static void add_leads(struct pb_buf *out, const struct pb_report_registry *registry)
{
    pb_buf_add_cstr(out, "<tfoot role=\"rowgroup\"><tr role=\"row\"><th scope=\"row\" "
                         "role=\"rowheader\">Is it sure?<small>the next manager against the fastest"
                         "</small></th>");
    for (size_t p = 0; p < registry->phase_count; p++) {
        pb_buf_add_cstr(out, "<td role=\"cell\">");
        add_lead(out, &registry->phases[p]);
        pb_buf_add_cstr(out, "</td>");
    }
    pb_buf_add_cstr(out, "</tr></tfoot>");
}

void pb_html_overview(const struct pb_html *h, size_t r)
{
    const struct pb_report_registry *registry = &h->model->registries[r];
    struct pb_buf *out = h->out;
    pb_buf_printf(out,
                  "<section aria-labelledby=\"o%zu\"><h2 id=\"o%zu\">At a glance</h2>"
                  "<div class=\"scroll\" role=\"group\" aria-labelledby=\"o%zu\" "
                  "tabindex=\"0\"><table class=\"overview sortable\" role=\"table\"><caption>"
                  "Median wall time, and how many times the phase's fastest</caption>"
                  "<thead role=\"rowgroup\"><tr role=\"row\"><th scope=\"col\" "
                  "role=\"columnheader\" data-sort>PM</th>",
                  r, r, r);
    for (size_t p = 0; p < registry->phase_count; p++) {
        pb_buf_add_cstr(out, "<th scope=\"col\" role=\"columnheader\" data-sort>");
        pb_html_phase_name(out, registry->phases[p].key);
        pb_buf_add_cstr(out, "</th>");
    }
    pb_buf_add_cstr(out, "</tr></thead><tbody role=\"rowgroup\">");
    for (size_t a = 0; registry->phase_count && a < registry->phases[0].cell_count; a++) {
        const char *arm = registry->phases[0].cells[a]->arm;
        pb_buf_add_cstr(out, "<tr role=\"row\"");
        pb_html_arm_key(out, arm);
        pb_buf_add_char(out, '>');
        pb_html_arm(h, &registry->phases[0], registry->phases[0].cells[a], NULL);
        for (size_t p = 0; p < registry->phase_count; p++)
            add_overview_cell(h, &registry->phases[p], registry->phases[p].cells[a]);
        pb_buf_add_cstr(out, "</tr>");
    }
    pb_buf_add_cstr(out, "</tbody>");
    add_leads(out, registry);
    pb_buf_add_cstr(out, "</table></div></section>\n");
}
