/* SPDX-License-Identifier: MIT */
#include "installer/registry/gunzip.h"

#include <libdeflate.h>
#include <stdint.h>

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

/* Makes room for up to `wanted` more bytes and returns how many fit; 0: none may. */
static size_t make_room(struct pb_buf *out, size_t wanted)
{
    size_t left = out->max - out->n;
    size_t room = wanted < left ? wanted : left;
    if (out->cap < out->n + room + 1) (void)pb_buf_reserve(out, room);
    size_t has = out->cap - out->n - 1; /* zero-terminated */
    return has < left ? has : left;
}

struct input {
    const uint8_t *p;
    size_t n;
};

/* One member; grows the output until it fits. */
static int inflate_member(struct libdeflate_decompressor *d, struct input *in, size_t room,
                          struct pb_buf *out, struct pb_err *err)
{
    for (;;) {
        size_t in_used = 0, out_used = 0;
        enum libdeflate_result r = libdeflate_gzip_decompress_ex(d, in->p, in->n, out->p + out->n,
                                                                 room, &in_used, &out_used);
        if (r == LIBDEFLATE_SUCCESS) {
            in->p += in_used;
            in->n -= in_used;
            out->n += out_used;
            return 0;
        }
        if (r != LIBDEFLATE_INSUFFICIENT_SPACE)
            return pb_err_set(err, PB_E_BAD_INPUT, "inflate: the gzip data are damaged or cut off");
        if (room == out->max - out->n)
            return pb_err_set(err, PB_E_LIMIT, "inflate: more than %zu bytes", out->max);
        room = make_room(out, room * 2 + 64);
    }
}

int pl_gunzip(const void *data, size_t n, struct pb_buf *out, struct pb_err *err)
{
    pb_buf_clear(out);
    if (n < MEMBER_MIN_BYTES)
        return pb_err_set(err, PB_E_BAD_INPUT, "inflate: %zu bytes are no gzip data", n);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    if (!d) return pb_err_set(err, PB_E_SYSTEM, "inflate: out of memory");
    struct input in = {data, n};
    size_t guess = guess_size(data, n, out->max);
    int result = 0;
    while (result == 0 && in.n > 0)
        result =
            inflate_member(d, &in, make_room(out, guess > out->n ? guess - out->n : 0), out, err);
    libdeflate_free_decompressor(d);
    if (result != 0) return -1;
    out->p[out->n] = '\0';
    return 0;
}
