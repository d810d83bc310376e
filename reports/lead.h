/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_LEAD_H
#define PB_REPORT_LEAD_H

#include "base/buf.h"
#include "reports/model.h"

/* Inside reports only: is the phase's fastest arm so by more than chance? By the paired rounds of
 * the fastest and the runner-up; no verdict over a change. */
enum pb_lead { PB_LEAD_CLEAR, PB_LEAD_UNCLEAR, PB_LEAD_UNKNOWN };
enum pb_lead pb_lead_of(const struct pb_report_phase *phase);

/* "bun +8.1% (+5.0% … +11.2%)", or why they are not compared; the phase has a runner-up. */
void pb_lead_difference(struct pb_buf *out, const struct pb_report_phase *phase);
/* "clearly ahead: bun +8.1% (...)". */
void pb_lead_words(struct pb_buf *out, const struct pb_report_phase *phase);

/* Of the counted samples of a cell or a phase, how many the machine disturbed. */
size_t pb_cell_disturbed(const struct pb_cell *cell);
size_t pb_phase_disturbed(const struct pb_report_phase *phase, size_t *samples);

#endif
