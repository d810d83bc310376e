/* SPDX-License-Identifier: MIT */
#ifndef PL_SEMVER_RANGE_TEXT_H
#define PL_SEMVER_RANGE_TEXT_H

#include "base/arena.h"
#include "base/str.h"

/* Rewriting of range text before it is cut into comparators, in node-semver's order (parseRange in
 * classes/range.js): build metadata, hyphen ranges, spaces behind operators. */

/* `text` with single spaces and none at its ends; itself when there is nothing to do. */
struct pb_str pl_range_text_collapse(struct pb_arena *arena, struct pb_str text);

/* One alternative of a range, trimmed, ready to be split at spaces. */
struct pb_str pl_range_text_rewrite(struct pb_arena *arena, struct pb_str part, unsigned flags);

#endif
