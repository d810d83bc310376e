/* SPDX-License-Identifier: MIT */
#ifndef PB_STR_H
#define PB_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed slice of bytes. Not zero-terminated. Never outlives what it points into. */
struct pb_str {
    const char *p;
    size_t n;
};

#define PB_FMT "%.*s"
#define PB_ARG(s) (int)(s).n, (s).p
#define PB_LIT(lit) ((struct pb_str){(lit), sizeof(lit) - 1})
/* The same as an initializer in a static table. */
#define PB_LIT_INIT(lit)                                                                           \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }

static inline struct pb_str pb_str(const char *cstr)
{
    return (struct pb_str){cstr, cstr ? strlen(cstr) : 0};
}

static inline struct pb_str pb_strn(const char *p, size_t n)
{
    return (struct pb_str){p, n};
}

static inline bool pb_str_eq(struct pb_str a, struct pb_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool pb_str_is(struct pb_str a, const char *cstr)
{
    return pb_str_eq(a, pb_str(cstr));
}

bool pb_str_starts(struct pb_str s, const char *prefix);
bool pb_str_ends(struct pb_str s, const char *suffix);

/* Byte order, shorter first on a tie: <0, 0, >0. */
int pb_str_cmp(struct pb_str a, struct pb_str b);

/* Index of the first (last) `c`, or -1. */
ptrdiff_t pb_str_find(struct pb_str s, char c);
ptrdiff_t pb_str_rfind(struct pb_str s, char c);
/* Index of the first `needle`, or -1. */
ptrdiff_t pb_str_search(struct pb_str s, struct pb_str needle);

/* Without ASCII white space at both ends. */
struct pb_str pb_str_trim(struct pb_str s);
/* From `from` to the end; empty past the end. */
struct pb_str pb_str_skip(struct pb_str s, size_t from);

/* Takes the part before the next `sep` off the front of *rest. False when *rest is exhausted
 * (rest->p == NULL). "a,,b" gives "a", "", "b". */
bool pb_str_split(struct pb_str *rest, char sep, struct pb_str *part);

/* Whole slice as a decimal number without sign; false on anything else or on overflow. */
bool pb_str_u64(struct pb_str s, uint64_t *out);

/* Bytes of the well-formed UTF-8 sequence (Unicode 15, table 3-7) at `at`, 0: none starts there. */
size_t pb_utf8_sequence(struct pb_str s, size_t at);

/* 64-bit hash for tables (not for integrity). */
uint64_t pb_str_hash(struct pb_str s);

#endif
