/* SPDX-License-Identifier: MIT */
#include "installer/store/inflate.h"

#include "installer/store/tar_reader.h"
#include "installer/store/unfilter.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MIB ((size_t)1 << 20)
#define HUGE_PAGE (2 * MIB)
#define TAR_BLOCK 512
/* Text packs 3 to 8 times; a larger ISIZE than this says is believed only after growing there. */
#define LIKELY_RATIO 32

void pl_inflater_release(struct pl_inflater *inflater)
{
    if (!inflater) return;
    free(inflater->p);
    pb_buf_release(&inflater->other);
    if (inflater->gzip) libdeflate_free_decompressor(inflater->gzip);
    *inflater = PL_INFLATER_INIT;
}

static size_t most_bytes(size_t packed, const struct pl_inflate_limits *limits)
{
    uint64_t most = limits->max_bytes < SIZE_MAX / 4 ? limits->max_bytes : SIZE_MAX / 4;
    uint64_t by_ratio = packed < most / limits->max_ratio ? packed * limits->max_ratio : most;
    if (by_ratio < MIB) by_ratio = MIB;
    return (size_t)(by_ratio < most ? by_ratio : most);
}

/* Large room is taken in huge pages where the system has them to give (madvise): touching it anew
 * in small ones cost 70,000 page faults in a cold install of ant-design. */
static void *take_memory(size_t *n)
{
    if (*n < HUGE_PAGE) return malloc(*n);
    *n = (*n + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *p = aligned_alloc(HUGE_PAGE, *n);
    if (p) (void)madvise(p, *n, MADV_HUGEPAGE);
    return p;
}

/* The first `keep` bytes stay. Untouched memory costs nothing, so room is given generously. */
static int make_room(struct pl_inflater *inf, size_t keep, size_t need, struct pb_err *err)
{
    if (inf->cap >= need) return 0;
    if (keep == 0) { /* first, so that the two are never there together */
        free(inf->p);
        inf->p = NULL;
        inf->cap = 0;
    }
    size_t n = need;
    char *p = take_memory(&n);
    if (!p) return pb_err_set(err, PB_E_LIMIT, "archive: no memory for %zu unpacked bytes", need);
    if (keep > 0) memcpy(p, inf->p, keep);
    free(inf->p);
    inf->p = p;
    inf->cap = n;
    return 0;
}

static uint32_t le32(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static size_t first_guess(const unsigned char *data, size_t n, size_t most)
{
    size_t guess = n >= 4 ? le32(data + n - 4) : 0;
    size_t likely = n < SIZE_MAX / LIKELY_RATIO ? n * LIKELY_RATIO : SIZE_MAX;
    if (guess > likely) guess = likely;
    if (guess < TAR_BLOCK) guess = TAR_BLOCK;
    return guess < most ? guess : most;
}

/* One gzip member to inf->p + *used; grows and begins again while the room does not do. */
static int inflate_member(struct pl_inflater *inf, const unsigned char *data, size_t n, size_t most,
                          size_t *used, size_t *taken, struct pb_err *err)
{
    for (;;) {
        size_t wrote, room = (inf->cap < most ? inf->cap : most) - *used;
        enum libdeflate_result result =
            libdeflate_gzip_decompress_ex(inf->gzip, data, n, inf->p + *used, room, taken, &wrote);
        if (result == LIBDEFLATE_SUCCESS) {
            *used += wrote;
            return 0;
        }
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE)
            return pb_err_set(err, PB_E_BAD_INPUT,
                              "archive: its gzip data is damaged: fetch it again");
        if (*used + room >= most)
            return pb_err_set(err, PB_E_LIMIT,
                              "archive: it unpacks to more than %zu bytes: refused as a "
                              "decompression bomb",
                              most);
        size_t need = inf->cap < most / 2 ? inf->cap * 2 : most;
        if (make_room(inf, *used, need, err) != 0) return -1;
    }
}

/* What follows the last member is padding when it begins with a zero byte, as for gzip(1). */
static int inflate_gzip(struct pl_inflater *inf, const unsigned char *data, size_t n,
                        const struct pl_inflate_limits *limits, struct pb_str *out,
                        struct pb_err *err)
{
    if (!inf->gzip) inf->gzip = libdeflate_alloc_decompressor();
    if (!inf->gzip) return pb_err_set(err, PB_E_LIMIT, "archive: no memory to unpack it");
    size_t most = most_bytes(n, limits), used = 0, at = 0;
    if (make_room(inf, 0, first_guess(data, n, most), err) != 0) return -1;
    do {
        size_t taken;
        if (inflate_member(inf, data + at, n - at, most, &used, &taken, err) != 0) return -1;
        at += taken;
    } while (at < n && data[at] != 0);
    *out = pb_strn(inf->p, used);
    return 0;
}

int pl_inflate(struct pl_inflater *inf, const void *data, size_t n,
               const struct pl_inflate_limits *limits, struct pb_str *out, bool *is_checked,
               struct pb_err *err)
{
    const unsigned char *bytes = data;
    *is_checked = true;
    if (n >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
        return inflate_gzip(inf, bytes, n, limits, out, err);
    static const char zeros[TAR_BLOCK];
    if (n >= TAR_BLOCK && (memcmp(data, zeros, TAR_BLOCK) == 0 || pl_tar_is_header(data))) {
        *is_checked = false;
        *out = pb_strn(data, n);
        return 0;
    }
    pb_buf_release(&inf->other);
    inf->other = PB_BUF_INIT(most_bytes(n, limits));
    if (pl_unfilter(data, n, &inf->other, err) != 0) return -1;
    *out = pb_buf_str(&inf->other);
    return 0;
}
