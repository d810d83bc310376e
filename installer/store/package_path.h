/* SPDX-License-Identifier: MIT */
#ifndef PL_PACKAGE_PATH_H
#define PL_PACKAGE_PATH_H

#include "base/err.h"
#include "base/str.h"

/*
 * Paths inside a package, as archives, manifests and the store's index name them. They are checked
 * as a whole; "." and empty parts are dropped. Refused are absolute paths, "..", NUL, backslashes,
 * drive letters and what no file system takes.
 */
#define PL_PATH_MAX 4096 /* with the terminator: what one system call takes */
#define PL_NAME_MAX 255

/* Writes the clean path, zero-terminated, to `out` and its length to *n. */
int pl_package_path(struct pb_str raw, char out[PL_PATH_MAX], size_t *n,
                    struct pb_err *err) PB_MUST_CHECK;
/* As above without the first part, whatever it is, as npm's strip: 1. A length of 0: nothing is
 * left (the top folder itself, a file beside it). */
int pl_package_path_stripped(struct pb_str raw, char out[PL_PATH_MAX], size_t *n,
                             struct pb_err *err) PB_MUST_CHECK;

/* A path as pl_package_path makes them. */
bool pl_path_is_clean(struct pb_str path);

#endif
