/* SPDX-License-Identifier: MIT */
#include "reports/html.h"

#include "reports/escape.h"
#include "reports/values.h"

static void add_sample_value(struct pb_buf *out, const struct pb_sample *s)
{
    char value[32];
    if (!s) {
        pb_buf_add_cstr(out, "<td>–</td>");
        return;
    }
    if (!s->metrics.has[PB_M_WALL] || !pb_sample_counts(s)) {
        pb_buf_printf(out, "<td>%s</td>", pb_outcome_name(s->outcome));
        return;
    }
    pb_show_value(PB_UNIT_NS, (double)s->metrics.value[PB_M_WALL], value);
    pb_buf_printf(out, "<td>%s%s</td>", value, s->outcome == PB_OUTCOME_CONTAMINATED ? " !" : "");
}

static void add_sample_row(const struct pb_html *h, const struct pb_cell *cell, int rounds)
{
    pb_buf_add_cstr(h->out, "<tr");
    pb_html_arm_key(h->out, cell->arm);
    pb_buf_add_cstr(h->out, "><th scope=\"row\">");
    pb_add_xml(h->out, cell->arm);
    pb_buf_add_cstr(h->out, "</th>");
    size_t i = 0;
    for (int round = 1; round <= rounds; round++) {
        while (i < cell->sample_count && cell->samples[i]->round < round)
            i++;
        bool there = i < cell->sample_count && cell->samples[i]->round == round;
        add_sample_value(h->out, there ? cell->samples[i] : NULL);
    }
    pb_buf_add_cstr(h->out, "</tr>");
}

void pb_html_samples(const struct pb_html *h, const struct pb_report_phase *phase)
{
    enum { MOST_ROUNDS = 1000 }; /* bounds what a damaged number can make */
    int rounds = 0;
    for (size_t i = 0; i < phase->cell_count; i++)
        for (size_t s = 0; s < phase->cells[i]->sample_count; s++)
            if (phase->cells[i]->samples[s]->round > rounds)
                rounds = phase->cells[i]->samples[s]->round;
    if (rounds == 0) return;
    if (rounds > MOST_ROUNDS) rounds = MOST_ROUNDS;
    pb_buf_add_cstr(h->out, "<details class=\"more\"><summary>Every sample</summary><div "
                            "class=\"scroll\" role=\"group\" aria-label=\"Every sample\" "
                            "tabindex=\"0\"><table class=\"grid\"><caption>Wall time by round"
                            "</caption><thead><tr><th scope=\"col\">PM</th>");
    for (int round = 1; round <= rounds; round++)
        pb_buf_printf(h->out, "<th scope=\"col\">%d</th>", round);
    pb_buf_add_cstr(h->out, "</tr></thead><tbody>");
    for (size_t i = 0; i < phase->cell_count; i++)
        if (phase->ranked[i]->sample_count) add_sample_row(h, phase->ranked[i], rounds);
    pb_buf_add_cstr(h->out, "</tbody></table></div></details>");
}
