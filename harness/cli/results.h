/* SPDX-License-Identifier: MIT */
#ifndef PB_RESULTS_H
#define PB_RESULTS_H

#include "base/err.h"

/* Writes the report files that every result folder holds (report.md, summary.json, report.html: as
 * far as this build has the formats) and prints the terminal tables to stdout. All comes from the
 * folder's journal, also after a failed run: partial tables are better than none. Returns the exit
 * status: PB_EXIT_FINE, or PB_EXIT_INVALID where a cell failed, is invalid or has no seed
 * (unsupported ones are no fault of the run); -1 with `err`. */
int pb_results_of_folder(const char *dir, struct pb_err *err) PB_MUST_CHECK;

#endif
