/* SPDX-License-Identifier: MIT */
#include "reports/text_wrap.h"

#include "reports/escape.h"

enum { INDENT = 2 };

int pb_text_columns(struct pb_str text)
{
    int n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    return n;
}

void pb_add_wrapped(struct pb_buf *out, const char *text, unsigned width, int at)
{
    PB_AUTO_BUF struct pb_buf line = PB_BUF_INIT(out->max);
    struct pb_str rest, word;
    bool first = true;
    pb_add_line(&line, text);
    rest = pb_buf_str(&line);
    while (pb_str_split(&rest, ' ', &word)) {
        int columns = pb_text_columns(word);
        bool fits = !width || at + !first + columns <= (int)width;
        if (!fits && at > INDENT) {
            pb_buf_add_cstr(out, "\n  ");
            at = INDENT;
        } else if (!first) {
            pb_buf_add_char(out, ' ');
            at++;
        }
        pb_buf_add_str(out, word);
        at += columns;
        first = false;
    }
}
