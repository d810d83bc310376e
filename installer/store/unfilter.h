/* SPDX-License-Identifier: MIT */
#ifndef PL_UNFILTER_H
#define PL_UNFILTER_H

#include "base/err.h"

#include <stddef.h>

struct archive;
struct pl_packed;

/*
 * bzip2, xz and zstd by libarchive. Only libarchive's decompression filters and its "raw" format
 * are used: its tar reader goes on after a header with a wrong checksum (ARCHIVE_RETRY, the member
 * is lost) and lacks later fixes in Debian 12.
 */
struct archive *pl_unfilter_open(const struct pl_packed *in, struct pb_err *err);
/* *got is 0 at the end only. */
int pl_unfilter_read(struct archive *a, void *to, size_t room, size_t *got,
                     struct pb_err *err) PB_MUST_CHECK;
void pl_unfilter_close(struct archive *a); /* NULL is fine */

#endif
