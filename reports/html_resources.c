/* SPDX-License-Identifier: MIT */
/* Small multiples: what an arm used in a phase, one card per resource, medians as bars. */
#include "reports/html.h"

#include "reports/escape.h"
#include "reports/svg.h"
#include "reports/values.h"

#include <math.h>

enum { OPEN_UP_TO = 12, SERIES = 2, BAR_HEIGHT = 7, ROW_HEIGHT = 22 };

/* Two figures of one unit share a card and an axis; the second bar is thinner and hatched by its
 * place, not only by its colour. */
static const struct card {
    const char *title;
    struct {
        enum pb_metric metric;
        const char *name;
    } series[SERIES];
} cards[] = {
    {"CPU time", {{PB_M_USER, "user"}, {PB_M_SYS, "system"}}},
    {"Peak memory", {{PB_M_RSS_MAX, "largest process"}, {PB_M_RSS_TREE, "whole tree"}}},
    {"Context switches", {{PB_M_CTX_VOLUNTARY, "voluntary"}, {PB_M_CTX_INVOLUNTARY, "forced"}}},
    {"Network", {{PB_M_NET_RX, "received"}, {PB_M_NET_TX, "sent"}}},
    {"Disk", {{PB_M_DISK_WRITE, "written"}, {PB_M_DISK_READ, "read"}}},
    {"Kept on disk", {{PB_M_NODE_MODULES, "node_modules"}, {PB_M_CACHE, "store and cache"}}},
};

/* What the cells of a phase have of a card. */
struct content {
    bool has[SERIES];
    const char *reason[SERIES]; /* why no cell has it */
    struct pb_svg_axis axis;
};

static struct content content_of(const struct card *card, const struct pb_report_phase *phase)
{
    struct content content = {0};
    double largest = 0;
    for (size_t s = 0; s < SERIES; s++)
        for (size_t i = 0; i < phase->cell_count; i++) {
            const struct pb_cell *cell = phase->cells[i];
            if (!pb_cell_has_figures(cell)) continue;
            if (!cell->metric[card->series[s].metric].has) {
                content.reason[s] = cell->metric[card->series[s].metric].reason;
                continue;
            }
            content.has[s] = true;
            largest = fmax(largest, cell->metric[card->series[s].metric].median);
        }
    content.axis = (struct pb_svg_axis){.max = largest > 0 ? largest : 1};
    return content;
}

static void add_legend(const struct pb_html *h, const struct card *card,
                       const struct content *content)
{
    for (size_t s = 0; s < SERIES; s++)
        if (content->has[s])
            pb_buf_printf(h->out, "<span class=\"key k%zu\">%s</span>", s, card->series[s].name);
}

static void add_bars(const struct pb_html *h, const struct card *card,
                     const struct content *content, const struct pb_cell *cell)
{
    pb_svg_open(h->out, "bars", ROW_HEIGHT);
    for (size_t s = 0, row = 0; s < SERIES; s++) {
        if (!content->has[s]) continue;
        bool single = !content->has[1 - s];
        double y = single ? (ROW_HEIGHT - BAR_HEIGHT) / 2.0 : 3 + 9.0 * (double)row;
        row++;
        if (!cell->metric[card->series[s].metric].has) continue;
        pb_svg_rect(h->out, 0,
                    pb_svg_x(&content->axis, cell->metric[card->series[s].metric].median), y,
                    BAR_HEIGHT, s == 0 ? "b0" : "b1");
    }
    pb_svg_close(h->out);
}

static void add_value(const struct pb_html *h, const struct pb_cell *cell, enum pb_metric m)
{
    char value[32] = "–";
    if (cell->metric[m].has) pb_show_value(pb_metric_table[m].unit, cell->metric[m].median, value);
    pb_buf_printf(h->out, "<td class=\"n\">%s</td>", value);
}

static void add_row(const struct pb_html *h, const struct card *card, const struct content *content,
                    const struct pb_cell *cell)
{
    pb_buf_add_cstr(h->out, "<tr");
    pb_html_arm_key(h->out, cell->arm);
    pb_buf_add_cstr(h->out, "><th scope=\"row\">");
    pb_add_xml(h->out, cell->arm);
    pb_buf_add_cstr(h->out, "</th><td class=\"graph\">");
    add_bars(h, card, content, cell);
    pb_buf_add_cstr(h->out, "</td>");
    for (size_t s = 0; s < SERIES; s++)
        if (content->has[s]) add_value(h, cell, card->series[s].metric);
    pb_buf_add_cstr(h->out, "</tr>");
}

static void add_notes(const struct pb_html *h, const struct card *card,
                      const struct content *content)
{
    for (size_t s = 0; s < SERIES; s++) {
        if (content->has[s] || !content->reason[s]) continue;
        pb_buf_printf(h->out, "<p class=\"note\">Not measured: %s (", card->series[s].name);
        pb_add_xml(h->out, content->reason[s]);
        pb_buf_add_cstr(h->out, ").</p>");
    }
}

static void add_card(const struct pb_html *h, const struct card *card,
                     const struct pb_report_phase *phase)
{
    struct content content = content_of(card, phase);
    pb_buf_add_cstr(h->out, "<div class=\"card\">");
    if (content.has[0] || content.has[1]) {
        pb_buf_printf(h->out, "<table><caption>%s ", card->title);
        add_legend(h, card, &content);
        pb_buf_add_cstr(h->out, "</caption><thead class=\"vh\"><tr><th scope=\"col\">PM</th>"
                                "<th scope=\"col\">Bars</th>");
        for (size_t s = 0; s < SERIES; s++)
            if (content.has[s])
                pb_buf_printf(h->out, "<th scope=\"col\">%s</th>", card->series[s].name);
        pb_buf_add_cstr(h->out, "</tr></thead><tbody>");
        for (size_t i = 0; i < phase->cell_count; i++)
            if (pb_cell_has_figures(phase->ranked[i])) add_row(h, card, &content, phase->ranked[i]);
        pb_buf_add_cstr(h->out, "</tbody></table>");
    } else {
        pb_buf_printf(h->out, "<p class=\"cap\">%s</p>", card->title);
    }
    add_notes(h, card, &content);
    pb_buf_add_cstr(h->out, "</div>");
}

void pb_html_resources(const struct pb_html *h, const struct pb_report_phase *phase)
{
    if (!phase->fastest) return;
    pb_buf_printf(h->out,
                  "<details class=\"more\"%s><summary>What it took</summary>"
                  "<div class=\"cards\">",
                  phase->cell_count <= OPEN_UP_TO ? " open" : "");
    for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
        add_card(h, &cards[i], phase);
    pb_buf_add_cstr(h->out, "</div></details>");
}
