/* SPDX-License-Identifier: MIT */
#include "reports/format.h"
#include "reports/markdown.h"
#include "reports/text.h"

#include <string.h>

const struct pb_report_format *const pb_report_formats[] = {
    &pb_report_markdown,
    &pb_report_text,
    NULL,
};

const struct pb_report_format *pb_report_format_find(const char *name)
{
    for (size_t i = 0; pb_report_formats[i]; i++)
        if (strcmp(pb_report_formats[i]->name, name) == 0) return pb_report_formats[i];
    return NULL;
}
