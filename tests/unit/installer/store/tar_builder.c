/* SPDX-License-Identifier: MIT */
#include "tar_builder.h"

#include "base/mem.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK 512

static void put_text(char *field, size_t max, const char *text)
{
    size_t n = strlen(text);
    memcpy(field, text, n < max ? n : max);
}

static void put_octal(char *field, size_t n, uint64_t value)
{
    field[n - 1] = '\0';
    for (size_t i = n - 1; i-- > 0; value >>= 3)
        field[i] = (char)('0' + (value & 7));
}

static void put_base256(char *field, size_t n, uint64_t value)
{
    for (size_t i = n; i-- > 0; value >>= 8)
        field[i] = (char)(value & 0xff);
    field[0] = (char)0x80;
}

void tar_fix_checksum(char *block)
{
    unsigned sum = 0;
    memset(block + 148, ' ', 8);
    for (int i = 0; i < BLOCK; i++)
        sum += (unsigned char)block[i];
    put_octal(block + 148, 7, sum);
}

void tar_add_header(struct pb_buf *tar, const struct tar_header *h)
{
    char block[BLOCK] = {0};
    put_text(block, 100, h->name);
    put_octal(block + 100, 8, h->mode ? h->mode : 0644);
    put_octal(block + 108, 8, 0);
    put_octal(block + 116, 8, 0);
    if (h->is_base256)
        put_base256(block + 124, 12, h->size);
    else
        put_octal(block + 124, 12, h->size);
    put_octal(block + 136, 12, 0);
    block[156] = h->type ? h->type : '0';
    memcpy(block + 257,
           h->is_gnu ? "ustar  "
                     : "ustar\0"
                       "00",
           8);
    if (h->prefix) put_text(block + 345, 155, h->prefix);
    tar_fix_checksum(block);
    pb_buf_add(tar, block, sizeof block);
}

void tar_add_data(struct pb_buf *tar, const void *data, size_t n)
{
    static const char zeros[BLOCK];
    pb_buf_add(tar, data, n);
    pb_buf_add(tar, zeros, (BLOCK - n % BLOCK) % BLOCK);
}

void tar_add(struct pb_buf *tar, const char *name, char type, const char *text)
{
    size_t n = strlen(text);
    tar_add_header(tar, &(struct tar_header){.name = name, .type = type, .size = n});
    tar_add_data(tar, text, n);
}

void tar_add_file(struct pb_buf *tar, const char *name, const char *text)
{
    tar_add(tar, name, '0', text);
}

static size_t digits(size_t n)
{
    size_t count = 1;
    while (n >= 10) {
        n /= 10;
        count++;
    }
    return count;
}

void tar_add_pax(struct pb_buf *tar, char type, const char *key, const void *value, size_t value_n)
{
    size_t fixed = strlen(key) + value_n + 3, total = fixed + 1;
    while (fixed + digits(total) != total)
        total = fixed + digits(total);
    struct pb_buf record PB_AUTO_BUF = TAR_BUF;
    pb_buf_printf(&record, "%zu %s=", total, key);
    pb_buf_add(&record, value, value_n);
    pb_buf_add_char(&record, '\n');
    tar_add_header(tar, &(struct tar_header){.name = "pax", .type = type, .size = record.n});
    tar_add_data(tar, record.p, record.n);
}

void tar_end(struct pb_buf *tar)
{
    static const char zeros[2 * BLOCK];
    pb_buf_add(tar, zeros, sizeof zeros);
}

void gzip_add(struct pb_buf *out, const void *data, size_t n)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
    if (!c) abort();
    size_t bound = libdeflate_gzip_compress_bound(c, n);
    char *to = pb_buf_reserve(out, bound);
    if (!to) abort();
    out->n += libdeflate_gzip_compress(c, data, n, to, bound);
    libdeflate_free_compressor(c);
}
