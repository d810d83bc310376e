/* SPDX-License-Identifier: MIT */
#ifndef PL_UNFILTER_H
#define PL_UNFILTER_H

#include "base/buf.h"
#include "base/err.h"

/*
 * bzip2, xz and zstd by libarchive, appended to `out` up to its ceiling. Only libarchive's
 * decompression filters and its "raw" format are used: its tar reader goes on after a header with a
 * wrong checksum (ARCHIVE_RETRY, the member is lost) and lacks later fixes in Debian 12.
 */
int pl_unfilter(const void *data, size_t n, struct pb_buf *out, struct pb_err *err) PB_MUST_CHECK;

#endif
