/* SPDX-License-Identifier: MIT */
#include "installer/semver/space.h"

/* All of them except the ASCII ones are two or three bytes long. */
static bool is_wide_space(const unsigned char *p, size_t n)
{
    if (n == 2) return p[0] == 0xc2 && p[1] == 0xa0;       /* no-break space */
    if (p[0] == 0xe1) return p[1] == 0x9a && p[2] == 0x80; /* U+1680 */
    if (p[0] == 0xe3) return p[1] == 0x80 && p[2] == 0x80; /* U+3000 */
    if (p[0] == 0xef) return p[1] == 0xbb && p[2] == 0xbf; /* byte order mark */
    if (p[0] != 0xe2) return false;
    if (p[1] == 0x81) return p[2] == 0x9f; /* U+205F */
    if (p[1] != 0x80) return false;
    return (p[2] >= 0x80 && p[2] <= 0x8a) || p[2] == 0xa8 || p[2] == 0xa9 || p[2] == 0xaf;
}

static bool is_ascii_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

size_t pl_js_space(struct pb_str s)
{
    if (s.n == 0) return 0;
    if (is_ascii_space(s.p[0])) return 1;
    const unsigned char *p = (const unsigned char *)s.p;
    if (p[0] < 0x80) return 0;
    size_t n = p[0] < 0xe0 ? 2 : 3;
    return n <= s.n && is_wide_space(p, n) ? n : 0;
}

static size_t space_at_end(struct pb_str s)
{
    if (s.n == 0) return 0;
    if (is_ascii_space(s.p[s.n - 1])) return 1;
    if ((unsigned char)s.p[s.n - 1] < 0x80) return 0;
    for (size_t n = 2; n <= 3 && n <= s.n; n++) {
        if (pl_js_space(pb_strn(s.p + s.n - n, n)) == n) return n;
    }
    return 0;
}

struct pb_str pl_js_trim(struct pb_str s)
{
    size_t n;
    while ((n = pl_js_space(s)) > 0)
        s = pb_str_skip(s, n);
    while ((n = space_at_end(s)) > 0)
        s.n -= n;
    return s;
}

size_t pl_js_collapse(struct pb_str s, char *out)
{
    size_t n = 0;
    s = pl_js_trim(s);
    while (s.n > 0) {
        size_t space = pl_js_space(s);
        if (space == 0) {
            out[n++] = s.p[0];
            space = 1;
        } else if (out[n - 1] != ' ') {
            out[n++] = ' '; /* never first: the text is trimmed */
        }
        s = pb_str_skip(s, space);
    }
    return n;
}
