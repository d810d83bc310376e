/* SPDX-License-Identifier: MIT */
#ifndef PL_INFLATE_H
#define PL_INFLATE_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/*
 * Packed archives to tar bytes, seen through a window, so that memory does not grow with the
 * archive: gzip (RFC 1952, several members too) by libdeflate in one call where all of it fits the
 * window, by ISA-L piece by piece where not; bzip2, xz and zstd (file: and URL dependencies) by
 * libarchive's filters, whose format readers stay out of it; plain tar is passed through.
 */
struct pl_inflate_limits {
    uint64_t max_bytes; /* unpacked */
    uint64_t max_ratio; /* unpacked / packed, once 1 MiB is unpacked */
};

/* Packed bytes: all of a file, or in memory where `fd` is negative. Borrowed. */
struct pl_packed {
    const void *data;
    size_t n;
    int fd;
};
#define PL_PACKED(bytes, count) ((struct pl_packed){.data = (bytes), .n = (count), .fd = -1})

#define PL_INFLATE_WINDOW ((size_t)8 << 20)

/* Its memory is kept from one archive to the next, so that it is paid for once. One thread at a
 * time. */
struct pl_inflater {
    char *window;         /* PL_INFLATE_WINDOW bytes */
    unsigned char *chunk; /* of a packed file */
    struct pb_str tar;    /* unpacked, not yet given up; in the window or in the packed bytes */
    struct pl_packed in;  /* the archive at hand */
    const unsigned char *next; /* packed bytes that are read, not yet unpacked */
    size_t left;
    uint64_t file_at;     /* next byte of a packed file */
    uint64_t total, most; /* unpacked bytes: so far, allowed */
    bool is_checked; /* the packed form carries a checksum of all of it, so a missing tar end mark
                        is no sign of a cut */
    bool is_end;     /* nothing follows behind `tar` */
    int (*unpack)(struct pl_inflater *inflater, char *to, size_t room, size_t *got,
                  struct pb_err *err);
    struct libdeflate_decompressor *whole;
    struct inflate_state *stream;
    struct archive *other; /* bzip2, xz, zstd */
};
#define PL_INFLATER_INIT ((struct pl_inflater){0})
void pl_inflater_release(struct pl_inflater *inflater);

/* Begins an archive, which must stay as it is until the next one. Nothing is unpacked for sure. */
int pl_inflate_open(struct pl_inflater *inflater, const struct pl_packed *in,
                    const struct pl_inflate_limits *limits, struct pb_err *err) PB_MUST_CHECK;

/* Gives up the first `used` bytes of inflater->tar and has `need` (at most PL_INFLATE_WINDOW) or
 * more follow, fewer only at the end. What was in inflater->tar moves. */
int pl_inflate_more(struct pl_inflater *inflater, size_t used, size_t need,
                    struct pb_err *err) PB_MUST_CHECK;

/* Unpacks the rest for its checks alone. */
int pl_inflate_finish(struct pl_inflater *inflater, struct pb_err *err) PB_MUST_CHECK;

#endif
