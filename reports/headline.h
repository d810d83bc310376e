/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_HEADLINE_H
#define PB_REPORT_HEADLINE_H

#include "base/buf.h"
#include "reports/model.h"

/* The result in a sentence or two of plain text, unescaped: what happened to the candidate of a
 * baseline arm, and who is fastest in how many phases. The model must have been compared. */
void pb_add_headline(struct pb_buf *out, const struct pb_report_model *model);

#endif
