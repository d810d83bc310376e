/* SPDX-License-Identifier: MIT */
#include "installer/registry/gunzip.h"

#include "base/mem.h"

#include <libdeflate.h>
#include <stdint.h>
#include <stdlib.h>

enum { MEMBER_MIN_BYTES = 18, DEFLATE_MAX_RATIO = 1032 };

/* The last member's size modulo 2^32 ends the file. It is a claim: bounded by what deflate can do
 * at best, and only a first guess. */
static size_t guess_size(const uint8_t *data, size_t n, size_t max_bytes)
{
    const uint8_t *end = data + n;
    size_t claim =
        (size_t)end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
    size_t possible = n > SIZE_MAX / DEFLATE_MAX_RATIO ? SIZE_MAX : n * DEFLATE_MAX_RATIO;
    size_t size = claim < possible ? claim : possible;
    return size < max_bytes ? size : max_bytes;
}

struct inflate {
    const uint8_t *in;
    size_t in_n;
    char *out;
    size_t used, cap, max;
};

/* One member; grows the output until it fits. */
static int inflate_member(struct libdeflate_decompressor *d, struct inflate *f, struct pb_err *err)
{
    for (;;) {
        size_t in_used = 0, out_used = 0;
        enum libdeflate_result r = libdeflate_gzip_decompress_ex(
            d, f->in, f->in_n, f->out + f->used, f->cap - f->used, &in_used, &out_used);
        if (r == LIBDEFLATE_SUCCESS) {
            f->in += in_used;
            f->in_n -= in_used;
            f->used += out_used;
            return 0;
        }
        if (r != LIBDEFLATE_INSUFFICIENT_SPACE)
            return pb_err_set(err, PB_E_BAD_INPUT, "inflate: the gzip data are damaged or cut off");
        if (f->cap == f->max)
            return pb_err_set(err, PB_E_LIMIT, "inflate: more than %zu bytes", f->max);
        f->cap = f->cap < f->max / 2 ? f->cap * 2 + 64 : f->max;
        f->out = pb_realloc(f->out, f->cap + 1);
    }
}

int pl_gunzip(const void *data, size_t n, size_t max_bytes, char **out, size_t *out_n,
              struct pb_err *err)
{
    if (n < MEMBER_MIN_BYTES)
        return pb_err_set(err, PB_E_BAD_INPUT, "inflate: %zu bytes are no gzip data", n);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    if (!d) return pb_err_set(err, PB_E_SYSTEM, "inflate: out of memory");
    struct inflate f = {.in = data, .in_n = n, .max = max_bytes};
    f.cap = guess_size(data, n, max_bytes);
    f.out = pb_malloc(f.cap + 1);
    int result = 0;
    while (result == 0 && f.in_n > 0)
        result = inflate_member(d, &f, err);
    libdeflate_free_decompressor(d);
    if (result != 0) {
        free(f.out);
        return -1;
    }
    f.out[f.used] = '\0';
    *out = f.out;
    *out_n = f.used;
    return 0;
}
