/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pb_buf_release(struct pb_buf *buf)
{
    free(buf->p);
    *buf = PB_BUF_INIT(buf->max);
}

void pb_buf_clear(struct pb_buf *buf)
{
    buf->n = 0;
    buf->overflow = false;
    if (buf->p) buf->p[0] = '\0';
}

char *pb_buf_reserve(struct pb_buf *buf, size_t n)
{
    /* Nothing is added after an overflow: the content stays a prefix without gaps. */
    if (buf->overflow || n > buf->max - buf->n || buf->n + n == SIZE_MAX) {
        buf->overflow = true;
        return NULL;
    }
    PB_GROW(buf->p, buf->cap, buf->n + n + 1);
    buf->p[buf->n + n] = '\0';
    return buf->p + buf->n;
}

void pb_buf_add(struct pb_buf *buf, const void *data, size_t n)
{
    char *to = pb_buf_reserve(buf, n);
    if (!to || n == 0) return;
    memcpy(to, data, n);
    buf->n += n;
}

void pb_buf_add_str(struct pb_buf *buf, struct pb_str s)
{
    pb_buf_add(buf, s.p, s.n);
}

void pb_buf_add_cstr(struct pb_buf *buf, const char *s)
{
    pb_buf_add(buf, s, strlen(s));
}

void pb_buf_add_char(struct pb_buf *buf, char c)
{
    pb_buf_add(buf, &c, 1);
}

void pb_buf_printf(struct pb_buf *buf, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    pb_buf_vprintf(buf, fmt, ap);
    va_end(ap);
}

void pb_buf_vprintf(struct pb_buf *buf, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0) PB_BUG("cannot format: %s", fmt);

    char *to = pb_buf_reserve(buf, (size_t)n);
    if (!to) return;
    (void)vsnprintf(to, (size_t)n + 1, fmt, ap);
    buf->n += (size_t)n;
}

static void add_json_escape(struct pb_buf *buf, unsigned char c)
{
    static const char short_form[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                      ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    if (short_form[c]) {
        pb_buf_add(buf, (char[]){'\\', short_form[c]}, 2);
    } else {
        pb_buf_printf(buf, "\\u%04x", c);
    }
}

static bool is_plain_json(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

void pb_buf_add_json(struct pb_buf *buf, struct pb_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t plain = 0; /* start of the bytes that need no change */
    pb_buf_add_char(buf, '"');
    for (size_t i = 0; i < s.n;) {
        if (is_plain_json(p[i])) {
            i++;
            continue;
        }
        bool escape = p[i] < 0x20 || p[i] == '"' || p[i] == '\\';
        size_t n = escape ? 1 : pb_utf8_sequence(s, i);
        if (n > 0 && !escape) {
            i += n;
            continue;
        }
        pb_buf_add(buf, p + plain, i - plain);
        if (escape) {
            add_json_escape(buf, p[i]);
        } else {
            pb_buf_add_cstr(buf, "\\ufffd"); /* not UTF-8: JSON cannot carry the byte */
        }
        plain = ++i;
    }
    pb_buf_add(buf, s.n ? p + plain : NULL, s.n - plain);
    pb_buf_add_char(buf, '"');
}

char *pb_buf_take(struct pb_buf *buf, size_t *n)
{
    char *p = buf->p ? buf->p : pb_calloc(1, 1);
    if (n) *n = buf->n;
    *buf = PB_BUF_INIT(buf->max);
    return p;
}

void pb_buf_add_crlf(struct pb_buf *buf, struct pb_str text)
{
    for (struct pb_str line; pb_str_split(&text, '\n', &line);) {
        pb_buf_add_str(buf, line);
        if (text.p) pb_buf_add_cstr(buf, "\r\n");
    }
}
