/* SPDX-License-Identifier: MIT */
#ifndef PL_INFLATE_H
#define PL_INFLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/*
 * Packed archives to tar bytes in memory: gzip (RFC 1952, several members too) by libdeflate in one
 * call into a buffer sized by the trailer's ISIZE, which is only believed as far as the packed size
 * makes it likely; bzip2, xz and zstd (file: and URL dependencies) by libarchive's filters, whose
 * format readers stay out of it; plain tar is passed through.
 */
struct pl_inflate_limits {
    uint64_t max_bytes; /* unpacked */
    uint64_t max_ratio; /* unpacked / packed, once 1 MiB is unpacked */
};

/* Kept from one archive to the next, so that its pages are paid for once. One thread at a time. */
struct pl_inflater {
    char *p;
    size_t cap;
    struct libdeflate_decompressor *gzip;
    struct pb_buf other; /* of bzip2, xz, zstd */
};
#define PL_INFLATER_INIT ((struct pl_inflater){0})
void pl_inflater_release(struct pl_inflater *inflater);

/* *out lies in `data` or in the inflater, valid until its next use. *is_checked: the packed form
 * carried a checksum of all of it, so a missing tar end mark is no sign of a cut. */
int pl_inflate(struct pl_inflater *inflater, const void *data, size_t n,
               const struct pl_inflate_limits *limits, struct pb_str *out, bool *is_checked,
               struct pb_err *err) PB_MUST_CHECK;

#endif
