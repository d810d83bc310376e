/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_FORMAT_TABLE_H
#define PB_REPORT_FORMAT_TABLE_H

#include "reports/format.h"

/* What the format's file exports and format_table.c lists. */
extern const struct pb_report_format pb_report_markdown, pb_report_text, pb_report_html,
    pb_report_csv, pb_report_json, pb_report_hyperfine, pb_report_benchfmt, pb_report_bmf,
    pb_report_smaller_is_better, pb_report_openmetrics, pb_report_junit, pb_report_work;

#endif
