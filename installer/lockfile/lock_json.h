/* SPDX-License-Identifier: MIT */
#ifndef PL_LOCK_JSON_H
#define PL_LOCK_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * A pull reader over JSON text for lockfiles: no tree is built, strings without escapes are slices
 * of the text. Every function returns -1 and fills in->err on malformed text; nesting is bounded.
 */
struct pl_json_in {
    const char *p, *end, *start;
    struct pb_arena *arena; /* for strings with escapes */
    const char *shown;      /* file name in errors */
    struct pb_err *err;
    unsigned depth;
};

#define PL_JSON_DEPTH_MAX 64

/* First character of the next value, or 0 at the end. */
char pl_json_peek(struct pl_json_in *in);
int pl_json_fail(struct pl_json_in *in, const char *what);
int pl_json_string(struct pl_json_in *in, struct pb_str *out) PB_MUST_CHECK;
/* Skips any value; *text (may be NULL) is its source text. */
int pl_json_skip(struct pl_json_in *in, struct pb_str *text) PB_MUST_CHECK;
/* true / false; any other value is skipped and reads as truthy or not, as JavaScript would. */
int pl_json_truthy(struct pl_json_in *in, bool *out) PB_MUST_CHECK;

/* Objects and arrays: enter, then next until *more is false. Keys may be NULL for arrays. */
int pl_json_enter(struct pl_json_in *in, char open) PB_MUST_CHECK;
int pl_json_next(struct pl_json_in *in, char close, bool *first, struct pb_str *key,
                 bool *more) PB_MUST_CHECK;

#endif
