/* SPDX-License-Identifier: MIT */
#ifndef PB_FINDINGS_H
#define PB_FINDINGS_H

#include "reports/model.h"

/* Inside reports only: what the checks of a whole run (harness/validity/run_check.h) found goes
 * into the cells: it takes away their figures, or their comparisons. Sets model->problems. */
void pb_report_apply_findings(struct pb_report_model *model);

/* The worst thing that happened to a cell is what it shows. */
void pb_cell_note_outcome(struct pb_cell *cell, enum pb_outcome outcome, const char *reason);

#endif
