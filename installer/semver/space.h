/* SPDX-License-Identifier: MIT */
#ifndef PL_SEMVER_SPACE_H
#define PL_SEMVER_SPACE_H

#include "base/str.h"

/* White space as JavaScript's trim() and \s have it (ECMA-262, 12.2 and 12.3), in UTF-8. */

/* Bytes of the white space character at the front of `s`, or 0. */
size_t pl_js_space(struct pb_str s);
struct pb_str pl_js_trim(struct pb_str s);
/* Writes `s` without white space at both ends and with single spaces inside; returns the length,
 * which is at most s.n. */
size_t pl_js_collapse(struct pb_str s, char *out);

#endif
