/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_HTML_H
#define PB_REPORT_HTML_H

#include "reports/format.h"

/* The parts of the page (html.c puts them together). All text from outside goes through
 * pb_add_xml(). Tables name their ARIA roles: the style sheet turns their rows into blocks on
 * narrow screens, which would take the roles away. */
struct pb_html {
    struct pb_buf *out;
    const struct pb_report_model *model;
    const struct pb_report_options *options;
};

/* "p3_cold_install" as a heading: <b>p3</b> cold install. */
void pb_html_phase_name(struct pb_buf *out, const char *key);
/* <th scope="row"> with the arm's name, and what it is in this phase (baseline, limit). */
void pb_html_arm(const struct pb_html *h, const struct pb_report_phase *phase,
                 const struct pb_cell *cell, const char *note);
/* data-arm="name": what the filter goes by. */
void pb_html_arm_key(struct pb_buf *out, const char *arm);
/* A mark for a cell that has no figures, with its reason. */
void pb_html_badge(struct pb_buf *out, const struct pb_cell *cell);

/* html_overview.c: median wall times, arms by phases. `r` is the number of the registry. */
void pb_html_overview(const struct pb_html *h, size_t r);
/* html_phase.c: the samples of every arm with median, interval, comparison and verdict. */
void pb_html_phase_figure(const struct pb_html *h, const struct pb_report_phase *phase);
/* html_samples.c: every sample, in a table that is folded. */
void pb_html_samples(const struct pb_html *h, const struct pb_report_phase *phase);
/* html_resources.c: processor, memory, switches, network, disk. */
void pb_html_resources(const struct pb_html *h, const struct pb_report_phase *phase);
/* html_time.c: where the time went; nothing where nothing was traced. */
void pb_html_time(const struct pb_html *h, const struct pb_report_phase *phase);
/* html_work.c: did the arms do the same work, under the same policy? */
void pb_html_work(const struct pb_html *h, const struct pb_report_phase *phase);
void pb_html_fairness(const struct pb_html *h);
/* html_about.c: what is missing, the arms, the machine, how to reproduce, how to read. */
void pb_html_missing(const struct pb_html *h);
void pb_html_about(const struct pb_html *h);

#endif
