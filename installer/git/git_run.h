/* SPDX-License-Identifier: MIT */
#ifndef PL_GIT_RUN_H
#define PL_GIT_RUN_H

#include "base/buf.h"
#include "base/err.h"

/*
 * One git command, NULL-terminated without "git" itself, in the folder `cwd` (NULL: here). It never
 * asks for anything: no terminal, no password program unless the user has set one, an unknown ssh
 * host is accepted on first sight as npm does. Variables that tie git to another repository are not
 * passed on. `out` may be NULL.
 */
int pl_git_run(const char *cwd, const char *const *args, struct pb_buf *out,
               struct pb_err *err) PB_MUST_CHECK;

#endif
