/* SPDX-License-Identifier: MIT */
#ifndef GZIP_TEXT_H
#define GZIP_TEXT_H

#include <stddef.h>

/* `text` as a gzip member made by zlib, malloc'd. */
char *gzip_bytes(const char *data, size_t n, size_t *out_n);

#endif
