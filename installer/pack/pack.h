/* SPDX-License-Identifier: MIT */
#ifndef PL_PACK_H
#define PL_PACK_H

#include "base/buf.h"
#include "base/err.h"

/* The package of a source folder (packlist.h) as a tar archive below "package/", as `npm pack`
 * makes it but not compressed. Appends to `out`, whose ceiling bounds the package. */
int pl_pack_folder(int dirfd, struct pb_buf *out, struct pb_err *err) PB_MUST_CHECK;
/* The same of a folder at a path below `dirfd`. */
int pl_pack_path(int dirfd, const char *path, struct pb_buf *out, struct pb_err *err) PB_MUST_CHECK;

#endif
