/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/locale_cmp.h"

/*
 * Primary weights of the root collation for ASCII: white space, then punctuation and symbols in
 * this order, digits, letters. 0: ignored (other control characters).
 *   TAB LF VT FF CR SP _ - , ; : ! ? . ' " ( ) [ ] { } @ * / \ & # % ` ^ + < = > | ~ $ 0-9 a-z
 */
enum { FIRST_DIGIT = 41, FIRST_LETTER = 51, BEYOND_ASCII = 100 };

static const uint8_t weights[128] = {
    ['\t'] = 1,  ['\n'] = 2, ['\v'] = 3, ['\f'] = 4, ['\r'] = 5,  [' '] = 6,  ['_'] = 7,
    ['-'] = 8,   [','] = 9,  [';'] = 10, [':'] = 11, ['!'] = 12,  ['?'] = 13, ['.'] = 14,
    ['\''] = 15, ['"'] = 16, ['('] = 17, [')'] = 18, ['['] = 19,  [']'] = 20, ['{'] = 21,
    ['}'] = 22,  ['@'] = 23, ['*'] = 24, ['/'] = 25, ['\\'] = 26, ['&'] = 27, ['#'] = 28,
    ['%'] = 29,  ['`'] = 30, ['^'] = 31, ['+'] = 32, ['<'] = 33,  ['='] = 34, ['>'] = 35,
    ['|'] = 36,  ['~'] = 37, ['$'] = 38,
};

static unsigned weight(unsigned char c)
{
    if (c >= 'a' && c <= 'z') return FIRST_LETTER + (unsigned)(c - 'a');
    if (c >= 'A' && c <= 'Z') return FIRST_LETTER + (unsigned)(c - 'A');
    if (c >= '0' && c <= '9') return FIRST_DIGIT + (unsigned)(c - '0');
    return c < 128 ? weights[c] : BEYOND_ASCII + (unsigned)c;
}

static size_t skip_ignored(struct pb_str s, size_t at)
{
    while (at < s.n && weight((unsigned char)s.p[at]) == 0)
        at++;
    return at;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Paths have long beginnings in common. */
static size_t common_prefix(struct pb_str a, struct pb_str b)
{
    size_t n = a.n < b.n ? a.n : b.n, at = 0;
    for (uint64_t x, y; at + sizeof x <= n; at += sizeof x) {
        memcpy(&x, a.p + at, sizeof x);
        memcpy(&y, b.p + at, sizeof y);
        if (x != y) break;
    }
    while (at < n && a.p[at] == b.p[at])
        at++;
    return at;
}

int pl_locale_cmp(struct pb_str a, struct pb_str b)
{
    size_t i = common_prefix(a, b), j = i;
    int by_case = 0;
    for (;;) {
        i = skip_ignored(a, i);
        j = skip_ignored(b, j);
        if (i >= a.n || j >= b.n) break;
        if (a.p[i] != b.p[j]) {
            unsigned wa = weight((unsigned char)a.p[i]), wb = weight((unsigned char)b.p[j]);
            if (wa != wb) return wa < wb ? -1 : 1;
            if (by_case == 0) by_case = is_upper(a.p[i]) ? 1 : -1;
        }
        i++;
        j++;
    }
    if (i < a.n || j < b.n) return i < a.n ? 1 : -1;
    /* Only ignored characters differ: equal for collation, but a total order is wanted here. */
    return by_case ? by_case : pb_str_cmp(a, b);
}
