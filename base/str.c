/* SPDX-License-Identifier: MIT */
#include "base/str.h"

bool pb_str_starts(struct pb_str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n >= n && memcmp(n ? s.p : "", prefix, n) == 0;
}

bool pb_str_ends(struct pb_str s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.n >= n && memcmp(n ? s.p + s.n - n : "", suffix, n) == 0;
}

int pb_str_cmp(struct pb_str a, struct pb_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order != 0) return order;
    return (a.n > b.n) - (a.n < b.n);
}

ptrdiff_t pb_str_find(struct pb_str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

ptrdiff_t pb_str_rfind(struct pb_str s, char c)
{
    const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

ptrdiff_t pb_str_search(struct pb_str s, struct pb_str needle)
{
    if (needle.n == 0) return 0;
    const char *at = s.n >= needle.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
    return at ? at - s.p : -1;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct pb_str pb_str_trim(struct pb_str s)
{
    while (s.n && is_space(s.p[0]))
        s = pb_str_skip(s, 1);
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct pb_str pb_str_skip(struct pb_str s, size_t from)
{
    if (from >= s.n) return (struct pb_str){s.p ? s.p + s.n : NULL, 0};
    return (struct pb_str){s.p + from, s.n - from};
}

bool pb_str_split(struct pb_str *rest, char sep, struct pb_str *part)
{
    if (!rest->p) return false;
    ptrdiff_t at = pb_str_find(*rest, sep);
    if (at < 0) {
        *part = *rest;
        *rest = (struct pb_str){0};
        return true;
    }
    *part = pb_strn(rest->p, (size_t)at);
    *rest = pb_str_skip(*rest, (size_t)at + 1);
    return true;
}

bool pb_str_u64(struct pb_str s, uint64_t *out)
{
    if (s.n == 0) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit > 9) return false;
        if (__builtin_mul_overflow(value, 10, &value)) return false;
        if (__builtin_add_overflow(value, digit, &value)) return false;
    }
    *out = value;
    return true;
}

__extension__ typedef unsigned __int128 product;

/* Folds the 128-bit product: each bit of the result depends on all bits of both factors. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    product p = (product)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t load64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

uint64_t pb_str_hash(struct pb_str s)
{
    /* Odd constants with half their bits set: fractional parts of sqrt(2), sqrt(3), sqrt(5). */
    const uint64_t k0 = 0x6a09e667f3bcc909, k1 = 0xbb67ae8584caa73b, k2 = 0x3c6ef372fe94f82b;
    uint64_t h = k0 ^ s.n;
    const char *p = s.p;
    size_t n = s.n;
    for (; n > 8; n -= 8, p += 8)
        h = fold(h ^ load64(p), k1);
    uint64_t tail = 0;
    for (size_t i = 0; i < n; i++)
        tail |= (uint64_t)(unsigned char)p[i] << (8 * i);
    return fold(fold(h ^ tail, k1) ^ k0, k2);
}

size_t pb_utf8_sequence(struct pb_str s, size_t at)
{
    if (at >= s.n) return 0;
    const unsigned char *p = (const unsigned char *)s.p + at;
    if (p[0] < 0x80) return 1;
    size_t need = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
    if (need == 0 || need > s.n - at) return 0;
    unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < need; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    return need;
}
