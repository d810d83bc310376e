/* SPDX-License-Identifier: MIT */
#ifndef PB_JSON_OUT_H
#define PB_JSON_OUT_H

#include "base/buf.h"

/* Writes JSON in order, with the commas; for documents too large for a tree. `key` NULL: an element
 * of an array. The caller closes what it opened. */
struct pb_json_out {
    struct pb_buf *out;
    bool comma; /* before the next member */
};

void pb_json_open(struct pb_json_out *j, const char *key, char bracket);
void pb_json_close(struct pb_json_out *j, char bracket);
void pb_json_text(struct pb_json_out *j, const char *key, const char *text); /* NULL: null */
void pb_json_real(struct pb_json_out *j, const char *key, double value);     /* 15 digits */
void pb_json_whole(struct pb_json_out *j, const char *key, long long value);
/* 9 digits: for what went through a logarithm, whose last bits differ between C libraries. */
void pb_json_rounded(struct pb_json_out *j, const char *key, double value);
void pb_json_truth(struct pb_json_out *j, const char *key, bool value);
void pb_json_null(struct pb_json_out *j, const char *key);
/* The next member begins on a line of its own. */
void pb_json_break(struct pb_json_out *j);

#endif
