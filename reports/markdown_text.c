/* SPDX-License-Identifier: MIT */
#include "reports/markdown_text.h"

#include <string.h>

#define ZERO_WIDTH_SPACE "\u200b"

enum { BLOCK_MAX = 4096 };

/* `inside`: letters or digits on both sides. */
typedef void add_ascii(struct pb_buf *out, const char *at, bool inside);

/* Characters that show nothing or turn the direction of text: U+200B-200F, U+2028-202E,
 * U+2060-206F, U+FEFF. */
static bool is_invisible(const unsigned char *p, size_t n)
{
    if (n != 3) return false;
    if (p[0] == 0xEF) return p[1] == 0xBB && p[2] == 0xBF;
    if (p[0] != 0xE2) return false;
    if (p[1] == 0x80) return (p[2] >= 0x8B && p[2] <= 0x8F) || (p[2] >= 0xA8 && p[2] <= 0xAE);
    return p[1] == 0x81 && p[2] >= 0xA0 && p[2] <= 0xAF;
}

static bool is_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_control(unsigned char c)
{
    return c < ' ' || c == 0x7F;
}

/* Calls `ascii` for each visible character below 0x80. */
static void add_text(struct pb_buf *out, const char *text, size_t max, add_ascii *ascii)
{
    struct pb_str s = pb_str(text && *text ? text : "?");
    for (size_t at = 0; at < s.n;) {
        size_t n = pb_utf8_sequence(s, at);
        if (at + n > max) {
            pb_buf_add_cstr(out, "…");
            return;
        }
        const unsigned char *p = (const unsigned char *)s.p + at;
        if (n == 0)
            pb_buf_add_cstr(out, "\uFFFD");
        else if (n == 1 && is_control(*p))
            pb_buf_add_char(out, ' ');
        else if (n == 1)
            ascii(out, s.p + at, at > 0 && is_word(p[-1]) && is_word(p[1]));
        else if (!is_invisible(p, n))
            pb_buf_add(out, p, n);
        at += n ? n : 1;
    }
}

static bool may_begin_a_name(char c)
{
    return is_word((unsigned char)c) || (c != '\0' && strchr("\"_{`", c)) ||
           (unsigned char)c >= 0x80;
}

static void add_entity(struct pb_buf *out, char c)
{
    pb_buf_add_cstr(out, c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;");
}

/* What the hosting side would make a link of is broken by a character without width. */
static bool needs_a_break(const char *at)
{
    if (strchr("@#!~%$", *at)) return may_begin_a_name(at[1]);
    if (*at == ':') return at[1] == '/' && at[2] == '/';
    return (*at == 'w' || *at == 'W') && at[1] == '.';
}

static void text_ascii(struct pb_buf *out, const char *at, bool inside)
{
    if (strchr("<>&", *at))
        add_entity(out, *at);
    else if (strchr("\\`*[]|~", *at) || (*at == '_' && !inside))
        pb_buf_add(out, (char[]){'\\', *at}, 2);
    else
        pb_buf_add_char(out, *at);
    if (needs_a_break(at)) pb_buf_add_cstr(out, ZERO_WIDTH_SPACE);
}

static void code_ascii(struct pb_buf *out, const char *at, bool inside)
{
    (void)inside;
    if (*at == '|')
        pb_buf_add_cstr(out, "¦");
    else
        pb_buf_add_char(out, (char)(*at == '`' ? '\'' : *at));
}

static void plain_ascii(struct pb_buf *out, const char *at, bool inside)
{
    (void)inside;
    pb_buf_add_char(out, *at);
}

void pb_md_text(struct pb_buf *out, const char *text)
{
    add_text(out, text, PB_MARKDOWN_TEXT_MAX, text_ascii);
}

void pb_md_code(struct pb_buf *out, const char *text)
{
    pb_buf_add_char(out, '`');
    add_text(out, text, PB_MARKDOWN_TEXT_MAX, code_ascii);
    pb_buf_add_char(out, '`');
}

/* The fence is longer than any run of backticks inside. */
void pb_md_block(struct pb_buf *out, const char *text)
{
    size_t longest = 2, run = 0;
    for (const char *p = text ? text : ""; *p; p++) {
        run = *p == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    if (longest > BLOCK_MAX) longest = BLOCK_MAX;
    for (size_t i = 0; i <= longest; i++)
        pb_buf_add_char(out, '`');
    pb_buf_add_cstr(out, "sh\n");
    add_text(out, text, BLOCK_MAX, plain_ascii);
    pb_buf_add_char(out, '\n');
    for (size_t i = 0; i <= longest; i++)
        pb_buf_add_char(out, '`');
    pb_buf_add_char(out, '\n');
}
