/* SPDX-License-Identifier: MIT */
#ifndef PB_TEXT_WRAP_H
#define PB_TEXT_WRAP_H

#include "base/buf.h"

/* Columns on a terminal: bytes that do not continue a UTF-8 character. */
int pb_text_columns(struct pb_str text);

/* Appends prose (as pb_add_line() shows it) that begins in column `at`, broken between words so
 * that no line is wider than `width`; what follows a break is indented by two. Words that are wider
 * stay whole. Width 0: no breaks. */
void pb_add_wrapped(struct pb_buf *out, const char *text, unsigned width, int at);

#endif
