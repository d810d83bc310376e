/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_ESCAPE_H
#define PB_REPORT_ESCAPE_H

#include "base/buf.h"

/*
 * Text from outside (names, reasons, output of commands) inside a format. Bytes that are not UTF-8
 * become U+FFFD everywhere; NULL is an empty text.
 */
/* XML and HTML, in text and in quoted attributes. Characters that XML forbids become U+FFFD. */
void pb_add_xml(struct pb_buf *out, const char *text);
/* A CSV field (RFC 4180), quoted when needed. A leading = + - @ gets an apostrophe: spreadsheets
 * would run it as a formula. */
void pb_add_csv(struct pb_buf *out, const char *text);
/* A label value of OpenMetrics, without its quotes. */
void pb_add_label(struct pb_buf *out, const char *text);
/* One line of plain text: control characters (line ends, terminal escapes) become spaces. */
void pb_add_line(struct pb_buf *out, const char *text);
/* A word of a benchmark's name: white space, "/", "=" and control characters become "_". */
void pb_add_word(struct pb_buf *out, const char *text);

#endif
