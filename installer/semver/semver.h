/* SPDX-License-Identifier: MIT */
#ifndef PL_SEMVER_H
#define PL_SEMVER_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>

/* node-semver's grammar and order in full: versions, ranges, prerelease rules, loose mode. */

struct pl_version {
    uint64_t major, minor, patch; /* each at most 2^53-1, as in JavaScript */
    struct pb_str pre;            /* "beta.1", without the dash; empty: a release */
    struct pb_str build;          /* without the plus */
};

/* Slices borrow `text`. False when it is not a version (longer than 256 bytes, malformed, ...). */
bool pl_version_parse(struct pb_str text, bool loose, struct pl_version *out);
/* Precedence; build metadata is ignored. */
int pl_version_cmp(const struct pl_version *a, const struct pl_version *b);

enum pl_range_flags { PL_RANGE_LOOSE = 1, PL_RANGE_INCLUDE_PRERELEASE = 2 };
struct pl_range; /* immutable; owned by its arena; may be shared between threads */

/* NULL when `text` is no range. "" and "*" are any. The text is copied. */
const struct pl_range *pl_range_parse(struct pb_arena *arena, struct pb_str text, unsigned flags);
bool pl_range_test(const struct pl_range *range, const struct pl_version *version);
/* semver.subset(sub, dom) and semver.intersects(a, b). */
bool pl_range_subset(const struct pl_range *sub, const struct pl_range *dom);
bool pl_range_intersects(const struct pl_range *a, const struct pl_range *b);
/* Canonical text as node-semver's `new Range(text).range`. */
struct pb_str pl_range_format(struct pb_arena *arena, const struct pl_range *range);
/* Convenience: semver.satisfies(version, range, flags); false when either is malformed. */
bool pl_semver_satisfies(struct pb_str version, struct pb_str range, unsigned flags);

#endif
