/* SPDX-License-Identifier: MIT */
#ifndef PL_JSON_SKIP_H
#define PL_JSON_SKIP_H

#include "base/str.h"

/*
 * Finding where JSON values end without reading them: what a packument scan spends its time on.
 * Blocks of 64 bytes are turned into bit masks of quotes, backslashes and brackets; whatever lies
 * inside strings is masked off and the rest is counted (the technique of simdjson's first stage:
 * Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019).
 *
 * Brackets are counted, not matched by kind: "[}" passes here and fails when the value is parsed.
 * Nothing here reads outside [p, end).
 */
#define PL_JSON_MAX_DEPTH 128

/* `p` is at the opening bracket of an object or array. Returns the byte after its closing bracket;
 * NULL when the text ends first or is nested deeper than PL_JSON_MAX_DEPTH. Picks the fastest
 * implementation of this processor. */
const char *pl_json_skip_container(const char *p, const char *end);
/* `p` is at the opening quote. Returns the byte after the closing quote; NULL when there is none.
 * *escaped tells whether the string holds a backslash. */
const char *pl_json_skip_string(const char *p, const char *end, bool *escaped);
/* Any value. NULL when it is cut off or when no value starts at `p`. */
const char *pl_json_skip_value(const char *p, const char *end);
static inline const char *pl_json_skip_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

/* The implementations, for tests; NULL where the processor cannot run one. */
typedef const char *(*pl_json_skip_fn)(const char *p, const char *end);
struct pl_json_skip_impl {
    const char *name;
    pl_json_skip_fn skip_container;
};
extern const struct pl_json_skip_impl pl_json_skip_impls[];
extern const size_t pl_json_skip_impl_count;
bool pl_json_skip_impl_runs_here(size_t i);

/*
 * Walks the members of an object: `p` from just after its "{" (or from the last call). Slices lie
 * in the text as written: the key without quotes, the value with its quotes or brackets.
 */
struct pl_json_member {
    struct pb_str key, value;
    bool key_escaped; /* the key holds backslashes */
};
enum pl_json_walk { PL_JSON_MEMBER, PL_JSON_END, PL_JSON_BAD };
/* Moves *p past the member (and its comma) or past the closing "}". */
enum pl_json_walk pl_json_next_member(const char **p, const char *end, struct pl_json_member *out);
/* The same in two steps, for a caller that walks the value itself: next_key leaves *p at the value
 * (out->value is not set), after_value takes it on from the value's end. */
enum pl_json_walk pl_json_next_key(const char **p, const char *end, struct pl_json_member *out);
bool pl_json_after_value(const char **p, const char *end);

#endif
