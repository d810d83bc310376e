/* SPDX-License-Identifier: MIT */
#ifndef PL_LOCALE_CMP_H
#define PL_LOCALE_CMP_H

#include "base/str.h"

/*
 * The order of `a.localeCompare(b, 'en')` in Node, which npm sorts paths, names and keys with
 * (Unicode collation, root locale: first differing letter or sign regardless of case, then lower
 * case before upper). Exact for ASCII; bytes beyond sort after all letters, by value.
 */
int pl_locale_cmp(struct pb_str a, struct pb_str b);

#endif
