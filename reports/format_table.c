/* SPDX-License-Identifier: MIT */
#include "reports/format_table.h"

#include <string.h>

const struct pb_report_format *const pb_report_formats[] = {
    &pb_report_text,
    &pb_report_markdown,
    &pb_report_html,
    &pb_report_csv,
    &pb_report_json,
    &pb_report_hyperfine,
    &pb_report_benchfmt,
    &pb_report_bmf,
    &pb_report_smaller_is_better,
    &pb_report_openmetrics,
    &pb_report_junit,
    &pb_report_work,
    NULL,
};

const struct pb_report_format *pb_report_format_find(const char *name)
{
    for (size_t i = 0; pb_report_formats[i]; i++)
        if (strcmp(pb_report_formats[i]->name, name) == 0) return pb_report_formats[i];
    return NULL;
}
