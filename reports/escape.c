/* SPDX-License-Identifier: MIT */
#include "reports/escape.h"

#include <string.h>

#define REPLACEMENT "\uFFFD"

/* Length of the well-formed character at p (Unicode 15, table 3-7), 0 when there is none. */
static size_t utf8_length(const unsigned char *p)
{
    unsigned char low = 0x80, high = 0xBF;
    size_t n;
    if (p[0] < 0x80) return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        n = 2;
    else if (p[0] >= 0xE0 && p[0] <= 0xEF)
        n = 3;
    else if (p[0] >= 0xF0 && p[0] <= 0xF4)
        n = 4;
    else
        return 0;
    if (p[0] == 0xE0) low = 0xA0;
    if (p[0] == 0xED) high = 0x9F;
    if (p[0] == 0xF0) low = 0x90;
    if (p[0] == 0xF4) high = 0x8F;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    return n;
}

/* Non-characters that XML 1.0 does not allow: U+FFFE and U+FFFF. */
static bool is_forbidden(const unsigned char *p, size_t n)
{
    return n == 3 && p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE;
}

/* Calls `ascii` for what is below 0x80 and copies the rest. */
static void add_text(struct pb_buf *out, const char *text,
                     void (*ascii)(struct pb_buf *out, char c))
{
    for (const unsigned char *p = (const unsigned char *)(text ? text : ""); *p;) {
        size_t n = utf8_length(p);
        if (n == 0 || is_forbidden(p, n))
            pb_buf_add_cstr(out, REPLACEMENT);
        else if (n == 1)
            ascii(out, (char)*p);
        else
            pb_buf_add(out, p, n);
        p += n ? n : 1;
    }
}

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7F;
}

static void add_or(struct pb_buf *out, char c, bool is_bad, char instead)
{
    if (is_bad)
        pb_buf_add_char(out, instead);
    else
        pb_buf_add_char(out, c);
}

static void xml_ascii(struct pb_buf *out, char c)
{
    if (c == '&')
        pb_buf_add_cstr(out, "&amp;");
    else if (c == '<')
        pb_buf_add_cstr(out, "&lt;");
    else if (c == '>')
        pb_buf_add_cstr(out, "&gt;");
    else if (c == '"')
        pb_buf_add_cstr(out, "&quot;");
    else if (c == '\'')
        pb_buf_add_cstr(out, "&#39;");
    else if (is_control(c) && c != '\n' && c != '\t')
        pb_buf_add_cstr(out, REPLACEMENT);
    else
        pb_buf_add_char(out, c);
}

static void csv_ascii(struct pb_buf *out, char c)
{
    if (c == '"') pb_buf_add_char(out, '"');
    add_or(out, c, is_control(c) && c != '\n', ' ');
}

static void label_ascii(struct pb_buf *out, char c)
{
    if (c == '\n')
        pb_buf_add_cstr(out, "\\n");
    else if (c == '"' || c == '\\')
        pb_buf_add(out, (char[]){'\\', c}, 2);
    else
        add_or(out, c, is_control(c), ' ');
}

static void line_ascii(struct pb_buf *out, char c)
{
    add_or(out, c, is_control(c), ' ');
}

static void word_ascii(struct pb_buf *out, char c)
{
    add_or(out, c, is_control(c) || strchr(" /=", c), '_');
}

void pb_add_xml(struct pb_buf *out, const char *text)
{
    add_text(out, text, xml_ascii);
}

void pb_add_csv(struct pb_buf *out, const char *text)
{
    if (!text || !*text) return;
    bool formula = strchr("=+-@\t\r", *text) != NULL;
    bool quoted = formula || strpbrk(text, ",\"\r\n") != NULL;
    if (quoted) pb_buf_add_char(out, '"');
    if (formula) pb_buf_add_char(out, '\'');
    add_text(out, text, csv_ascii);
    if (quoted) pb_buf_add_char(out, '"');
}

void pb_add_label(struct pb_buf *out, const char *text)
{
    add_text(out, text, label_ascii);
}

void pb_add_line(struct pb_buf *out, const char *text)
{
    add_text(out, text, line_ascii);
}

void pb_add_word(struct pb_buf *out, const char *text)
{
    add_text(out, text, word_ascii);
}
