/* SPDX-License-Identifier: MIT */
#ifndef PL_SPEC_PATH_H
#define PL_SPEC_PATH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* "./x", "/x", "~/x", "C:x", ".tgz" of something: what is a path though it has no "file:". */
bool pl_spec_looks_like_path(struct pb_str s);
/* Names a tarball by its ending. */
bool pl_spec_is_tarball_name(struct pb_str s);

/* The folder or file that `spec` (with or without "file:" or "link:") names, based on `where` and
 * without "." and "..". Relative when `where` is empty. */
int pl_spec_resolve_path(struct pb_arena *arena, struct pb_str spec, const char *where,
                         struct pb_str *out, struct pb_err *err) PB_MUST_CHECK;

#endif
