/* SPDX-License-Identifier: MIT */
#ifndef PB_GATE_REPORT_H
#define PB_GATE_REPORT_H

#include "base/buf.h"
#include "harness/gate/gate.h"

/* The gate's answer for people, for programs and for a pull request. Several gates (candidates) of
 * one run may go into one output, one after the other; JSON is one array of them. The caller checks
 * pb_buf_ok(out). */
struct pb_gate_format {
    const char *name;
    void (*render)(const struct pb_gate *gates, size_t n, bool color, struct pb_buf *out);
};
extern const struct pb_gate_format pb_gate_formats[]; /* ends with a NULL name */
const struct pb_gate_format *pb_gate_format_find(const char *name);

void pb_gate_render_json(const struct pb_gate *gates, size_t n, bool color, struct pb_buf *out);

/* For the formats: "+12.3% [+9.1%, +15.0%]", "12 -> 14", or "" where there is nothing to show. */
void pb_gate_show_effect(const struct pb_gate_row *row, char out[128]);
/* What a row's verdict is called: counted figures are more, fewer, equal, other or varying. */
const char *pb_gate_row_word(const struct pb_gate_row *row);
/* Rows that tell something: gated timed ones, and counted ones that differ. */
bool pb_gate_row_is_shown(const struct pb_gate_row *row);

#endif
