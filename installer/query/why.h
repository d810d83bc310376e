/* SPDX-License-Identifier: MIT */
#ifndef PL_WHY_H
#define PL_WHY_H

#include "base/buf.h"
#include "installer/query/loaded.h"

/*
 * `plumb why`: who asks for a package, up to the root. In the shape of npm's `explain`; the
 * dependents of a package are told where it is met first, so that the answer stays readable where
 * many ways lead to one package.
 */

/* `wanted`: names, "name@range", or places ("node_modules/a"). NOT_FOUND: nothing matches. */
int pl_why(struct pl_loaded *loaded, const struct pl_strs *wanted, bool as_json, struct pb_buf *out,
           struct pb_err *err) PB_MUST_CHECK;

#endif
