/* SPDX-License-Identifier: MIT */
#ifndef PL_SEMVER_RANGE_H
#define PL_SEMVER_RANGE_H

#include "installer/semver/semver.h"

/* The inside of a range: alternatives ("||") of comparator sets that must all hold. */

/* The orders of version against comparator that pass, as bits: 1 less, 2 equal, 4 greater. */
enum pl_op { PL_LT = 1, PL_EQ = 2, PL_LE = 3, PL_GT = 4, PL_GE = 6, PL_ANY = 7 };

struct pl_comparator {
    struct pl_version version; /* no build; zero for PL_ANY */
    enum pl_op op;
};

struct pl_comparator_set {
    const struct pl_comparator *items; /* never empty; PL_ANY only alone */
    size_t n;
};

struct pl_range {
    unsigned flags;
    size_t set_count;
    struct pl_comparator_set sets[];
};

/* pl_version_cmp, of which most calls are decided by the numbers. */
static inline int pl_version_order(const struct pl_version *a, const struct pl_version *b)
{
    if (a->major != b->major) return a->major < b->major ? -1 : 1;
    if (a->minor != b->minor) return a->minor < b->minor ? -1 : 1;
    if (a->patch != b->patch) return a->patch < b->patch ? -1 : 1;
    return a->pre.n == 0 && b->pre.n == 0 ? 0 : pl_version_cmp(a, b);
}

static inline bool pl_comparator_test(const struct pl_comparator *c, const struct pl_version *v)
{
    if (c->op == PL_ANY) return true;
    int order = pl_version_order(v, &c->version);
    return (unsigned)c->op & (order < 0 ? PL_LT : order > 0 ? PL_GT : PL_EQ);
}

/* All comparators hold, and a prerelease is asked for by its own major.minor.patch. */
bool pl_comparator_set_test(const struct pl_comparator *items, size_t n, const struct pl_version *v,
                            unsigned flags);

/* Same operator and same text of the version. */
bool pl_comparator_eq(const struct pl_comparator *a, const struct pl_comparator *b);

/* "<0.0.0-0", which nothing can satisfy. */
bool pl_comparator_is_null(const struct pl_comparator *c);

#endif
