/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_TEXT_FIGURES_H
#define PB_REPORT_TEXT_FIGURES_H

#include "reports/format.h"

/* Inside the text report only. */
struct pb_text {
    struct pb_buf *out;
    const struct pb_report_options *options;
    const struct pb_report_model *model;
    int pm_width;
};

/* ANSI; written only where the options have colour. */
extern const char pb_text_yellow[], pb_text_bold[];

void pb_text_styled(const struct pb_text *t, const char *style, const char *text);
/* A line or more of prose. */
void pb_text_prose(const struct pb_text *t, const char *style, const char *prose);
int pb_text_width(const char *text);
const char *pb_text_badge_style(const struct pb_cell *cell);

/* The figures of a phase as the seed tables and each arm against the baseline; where a table would
 * not fit the terminal, every arm as a paragraph. */
void pb_text_figures(const struct pb_text *t, const struct pb_report_phase *phase);

#endif
