/* SPDX-License-Identifier: MIT */
#ifndef PB_BUF_H
#define PB_BUF_H

#include "err.h"
#include "str.h"

#include <stdarg.h>

/*
 * A growable byte buffer with a ceiling. What exceeds the ceiling sets `overflow` and is dropped;
 * callers that fill it from outside input check pb_buf_ok(). Always zero-terminated after a write.
 */
struct pb_buf {
    char *p;
    size_t n, cap, max;
    bool overflow;
};

#define PB_BUF_INIT(max_bytes) ((struct pb_buf){.max = (max_bytes)})

void pb_buf_release(struct pb_buf *buf);
void pb_buf_clear(struct pb_buf *buf); /* keeps the memory */
void pb_buf_add(struct pb_buf *buf, const void *data, size_t n);
void pb_buf_add_str(struct pb_buf *buf, struct pb_str s);
void pb_buf_add_cstr(struct pb_buf *buf, const char *s);
void pb_buf_add_char(struct pb_buf *buf, char c);
void pb_buf_printf(struct pb_buf *buf, const char *fmt, ...) PB_PRINTF(2, 3);
void pb_buf_vprintf(struct pb_buf *buf, const char *fmt, va_list ap) PB_PRINTF(2, 0);
/* Makes room for `n` more bytes and returns where to write them (then add to ->n), or NULL when the
 * ceiling forbids it. */
char *pb_buf_reserve(struct pb_buf *buf, size_t n);
/* Appends `s` as a JSON string with quotes. */
void pb_buf_add_json(struct pb_buf *buf, struct pb_str s);
/* Appends a text with "\n" made "\r\n". */
void pb_buf_add_crlf(struct pb_buf *buf, struct pb_str text);

static inline bool pb_buf_ok(const struct pb_buf *buf)
{
    return !buf->overflow;
}
static inline struct pb_str pb_buf_str(const struct pb_buf *buf)
{
    return (struct pb_str){buf->p ? buf->p : "", buf->n};
}
/* Ownership of the bytes passes to the caller (free()); the buffer is empty afterwards. */
char *pb_buf_take(struct pb_buf *buf, size_t *n);

#define PB_AUTO_BUF __attribute__((cleanup(pb_buf_release)))

#endif
