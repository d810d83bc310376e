/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_MARKDOWN_H
#define PB_REPORT_MARKDOWN_H

#include "reports/format.h"

extern const struct pb_report_format pb_report_markdown;

#endif
