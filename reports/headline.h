/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_HEADLINE_H
#define PB_REPORT_HEADLINE_H

#include "base/buf.h"
#include "reports/model.h"

/* The result in a sentence or two of plain text, unescaped: what happened to the candidate of a
 * baseline arm, and who is fastest in how many phases. The model must have been compared. */
void pb_add_headline(struct pb_buf *out, const struct pb_report_model *model);

/* What the samples were kept apart from, in one sentence of plain text; nothing when the journal
 * does not say. */
void pb_add_isolation(struct pb_buf *out, const struct pb_journal_run *run);

#endif
