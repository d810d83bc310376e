/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/lock_json.h"

int pl_json_fail(struct pl_json_in *in, const char *what)
{
    unsigned line = 1, column = 1;
    for (const char *p = in->start; p < in->p && p < in->end; p++) {
        column = *p == '\n' ? 1 : column + 1;
        line += *p == '\n';
    }
    return pb_err_set(in->err, PB_E_BAD_INPUT, "cannot read lockfile: %s:%u:%u: %s", in->shown,
                      line, column, what);
}

static void skip_space(struct pl_json_in *in)
{
    while (in->p < in->end && (*in->p == ' ' || *in->p == '\n' || *in->p == '\t' || *in->p == '\r'))
        in->p++;
}

char pl_json_peek(struct pl_json_in *in)
{
    skip_space(in);
    return in->p < in->end ? *in->p : '\0';
}

/* One \uXXXX; -1 when malformed. */
static long hex4(const char *p, const char *end)
{
    if (end - p < 4) return -1;
    long value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

static char *put_utf8(char *out, long c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *out++ = (char)(0xE0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    } else {
        *out++ = (char)(0xF0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3F));
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    }
    return out;
}

/* The escape after a backslash at *p, known to be well-formed. Lone surrogates become U+FFFD. */
static char *unescape(const char **p, const char *end, char *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = *(*p)++;
    const char *hit = strchr(from, c);
    if (hit) {
        *out++ = to[hit - from];
        return out;
    }
    long unit = hex4(*p, end);
    *p += 4;
    if (unit >= 0xD800 && unit < 0xDC00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
        long low = hex4(*p + 2, end);
        if (low >= 0xDC00 && low < 0xE000) {
            *p += 6;
            return put_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
        }
    }
    return put_utf8(out, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
}

static struct pb_str decode(struct pl_json_in *in, const char *from, const char *to)
{
    char *text = pb_arena_alloc(in->arena, (size_t)(to - from) + 1), *at = text;
    for (const char *p = from; p < to;) {
        if (*p != '\\') {
            *at++ = *p++;
            continue;
        }
        p++;
        at = unescape(&p, to, at);
    }
    return pb_strn(text, (size_t)(at - text));
}

/* Length of the escape at p (a backslash), 0 when it is none. */
static size_t escape_length(const char *p, const char *end)
{
    if (end - p < 2 || !p[1] || !strchr("\"\\/bfnrtu", p[1])) return 0;
    if (p[1] != 'u') return 2;
    return hex4(p + 2, end) < 0 ? 0 : 6;
}

/* Moves past a string; *from..*to is its inside. */
static int scan_string(struct pl_json_in *in, const char **from, const char **to, bool *escaped)
{
    if (pl_json_peek(in) != '"') return pl_json_fail(in, "expected a string");
    const char *p = *from = in->p + 1;
    *escaped = false;
    while (p < in->end && *p != '"') {
        if ((unsigned char)*p < 0x20) return pl_json_fail(in, "control character in a string");
        size_t n = 1;
        if (*p == '\\') {
            *escaped = true;
            n = escape_length(p, in->end);
            if (n == 0) return pl_json_fail(in, "bad escape in a string");
        }
        p += n;
    }
    if (p >= in->end) return pl_json_fail(in, "unterminated string");
    *to = p;
    in->p = p + 1;
    return 0;
}

int pl_json_string(struct pl_json_in *in, struct pb_str *out)
{
    const char *from, *to;
    bool escaped;
    if (scan_string(in, &from, &to, &escaped)) return -1;
    *out = escaped ? decode(in, from, to) : pb_strn(from, (size_t)(to - from));
    return 0;
}

int pl_json_enter(struct pl_json_in *in, char open)
{
    if (pl_json_peek(in) != open)
        return pl_json_fail(in, open == '{' ? "expected an object" : "expected an array");
    if (++in->depth > PL_JSON_DEPTH_MAX) return pl_json_fail(in, "nested too deeply");
    in->p++;
    return 0;
}

int pl_json_next(struct pl_json_in *in, char close, bool *first, struct pb_str *key, bool *more)
{
    char c = pl_json_peek(in);
    *more = c != close;
    if (!*more) {
        in->depth--;
        in->p++;
        return 0;
    }
    if (!*first) {
        if (c != ',') return pl_json_fail(in, "expected a comma");
        in->p++;
    }
    *first = false;
    if (close == ']') return 0;
    if (pl_json_string(in, key)) return -1;
    if (pl_json_peek(in) != ':') return pl_json_fail(in, "expected a colon");
    in->p++;
    return 0;
}

static int skip_word(struct pl_json_in *in)
{
    const char *from = in->p;
    while (in->p < in->end &&
           (*in->p == '-' || *in->p == '+' || *in->p == '.' || (*in->p >= '0' && *in->p <= '9') ||
            (*in->p >= 'a' && *in->p <= 'z') || *in->p == 'E'))
        in->p++;
    struct pb_str word = pb_strn(from, (size_t)(in->p - from));
    bool number = word.n && (*from == '-' || (*from >= '0' && *from <= '9'));
    if (number || pb_str_is(word, "true") || pb_str_is(word, "false") || pb_str_is(word, "null"))
        return 0;
    in->p = from;
    return pl_json_fail(in, "expected a value");
}

static int skip_members(struct pl_json_in *in, char open, char close)
{
    if (pl_json_enter(in, open)) return -1;
    bool first = true, more;
    struct pb_str key;
    for (;;) {
        if (pl_json_next(in, close, &first, &key, &more)) return -1;
        if (!more) return 0;
        if (pl_json_skip(in, NULL)) return -1;
    }
}

int pl_json_skip(struct pl_json_in *in, struct pb_str *text)
{
    char c = pl_json_peek(in);
    const char *start = in->p, *from, *to;
    bool escaped;
    int rc = c == '{'   ? skip_members(in, '{', '}')
             : c == '[' ? skip_members(in, '[', ']')
             : c == '"' ? scan_string(in, &from, &to, &escaped)
                        : skip_word(in);
    if (rc) return -1;
    if (text) *text = pb_strn(start, (size_t)(in->p - start));
    return 0;
}

int pl_json_truthy(struct pl_json_in *in, bool *out)
{
    struct pb_str text;
    if (pl_json_skip(in, &text)) return -1;
    *out = !pb_str_is(text, "false") && !pb_str_is(text, "null") && !pb_str_is(text, "0") &&
           !pb_str_is(text, "\"\"");
    return 0;
}
