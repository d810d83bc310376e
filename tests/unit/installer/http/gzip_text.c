/* SPDX-License-Identifier: MIT */
#include "gzip_text.h"

#include <stdlib.h>
#include <zlib.h>

char *gzip_bytes(const char *data, size_t n, size_t *out_n)
{
    z_stream z = {0};
    size_t cap = n + n / 100 + 64;
    char *out = malloc(cap);
    if (!out || deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    z.next_in = (Bytef *)(size_t)data;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)cap;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
    *out_n = z.total_out;
    deflateEnd(&z);
    return out;
}
