/* SPDX-License-Identifier: MIT */
#ifndef PB_RESULTS_H
#define PB_RESULTS_H

#include "reports/model.h"

/* Writes the report files that every result folder holds (report.md, summary.json, report.html: as
 * far as this build has the formats) and prints the terminal tables to stdout. */
int pb_results_show(const char *dir, const struct pb_report_model *model,
                    struct pb_err *err) PB_MUST_CHECK;

/* Whether a cell failed, is invalid or has no seed. Unsupported ones are no fault of the run. */
bool pb_results_have_bad_cell(const struct pb_report_model *model);

#endif
