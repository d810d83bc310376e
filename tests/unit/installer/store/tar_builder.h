/* SPDX-License-Identifier: MIT */
#ifndef PL_TAR_BUILDER_H
#define PL_TAR_BUILDER_H

#include "base/buf.h"

#include <stdint.h>
#include <sys/types.h>

/* Archives for tests, byte by byte, so that any evil one can be made. */
#define TAR_BUF PB_BUF_INIT((size_t)256 << 20)

struct tar_header {
    const char *name; /* cut at 100 bytes */
    const char *prefix;
    char type;       /* 0: '0' */
    unsigned mode;   /* 0: 0644 */
    uint64_t size;   /* as stated */
    bool is_gnu;     /* GNU magic */
    bool is_base256; /* how the size is written */
};

/* One header block with a right checksum. */
void tar_add_header(struct pb_buf *tar, const struct tar_header *header);
void tar_fix_checksum(char *block);
/* Data with its padding. */
void tar_add_data(struct pb_buf *tar, const void *data, size_t n);
/* Header and data of one entry. */
void tar_add(struct pb_buf *tar, const char *name, char type, const char *text);
void tar_add_file(struct pb_buf *tar, const char *name, const char *text);
/* A pax header ('x' or 'g') with one record; `value_n` bytes, NULs allowed. */
void tar_add_pax(struct pb_buf *tar, char type, const char *key, const void *value, size_t value_n);
/* The two zero blocks. */
void tar_end(struct pb_buf *tar);

/* Appends `n` bytes as one gzip member. */
void gzip_add(struct pb_buf *out, const void *data, size_t n);

#endif
