/* SPDX-License-Identifier: MIT */
#ifndef PL_SEMVER_PARTIAL_H
#define PL_SEMVER_PARTIAL_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* A version of which parts may be missing or wild: "1", "1.2.x", "v1.2.3-pre" (node-semver's
 * XRANGEPLAIN and XRANGEPLAINLOOSE). */
struct pl_part {
    struct pb_str text; /* empty when missing */
    uint64_t value;     /* may exceed what a version allows */
    bool is_x;          /* missing, "x", "X" or "*" */
};

struct pl_partial {
    struct pb_str prefix; /* "v", "=", white space */
    struct pb_str text;   /* behind the prefix */
    struct pl_part major, minor, patch;
    struct pb_str pre, build;
};

/* The whole of `text`; white space may stand in the prefix only. Slices borrow `text`. */
bool pl_partial_parse(struct pb_str text, bool loose, struct pl_partial *out);

/* Written exactly "0"; "00" is not, which loose mode allows. */
static inline bool pl_part_is_zero(const struct pl_part *part)
{
    return part->text.n == 1 && part->text.p[0] == '0';
}

static inline bool pl_partial_has_x(const struct pl_partial *p)
{
    return p->major.is_x || p->minor.is_x || p->patch.is_x;
}

#endif
