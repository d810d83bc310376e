/* SPDX-License-Identifier: MIT */
#ifndef PL_SEMVER_SCAN_H
#define PL_SEMVER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The tokens of node-semver's internal/re.js. Each function returns the end of what it took from
 * [p, end), or NULL when nothing fits. */

#define PL_MAX_SAFE_INTEGER 9007199254740991ULL
#define PL_VERSION_MAX_BYTES 256

static inline bool pl_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Characters of prerelease and build identifiers. */
static inline bool pl_is_identifier_char(char c)
{
    return pl_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-';
}

/* Digits; strict: without a leading zero ("01" is taken as "0"). What exceeds 2^60 stays there. */
static inline const char *pl_scan_number(const char *p, const char *end, bool loose, uint64_t *out)
{
    if (p == end || !pl_is_digit(*p)) return NULL;
    uint64_t value = (uint64_t)(*p - '0');
    bool only_zero = !loose && value == 0;
    for (p++; !only_zero && p < end && pl_is_digit(*p); p++) {
        if (value < 1ULL << 60) value = value * 10 + (uint64_t)(*p - '0');
    }
    *out = value;
    return p;
}

/* Identifiers joined by dots. With `refuse_zeros` numeric ones must not start with a zero. */
static inline const char *pl_scan_identifiers(const char *p, const char *end, bool refuse_zeros)
{
    for (;;) {
        const char *start = p;
        bool numeric = true;
        for (; p < end && pl_is_identifier_char(*p); p++)
            numeric = numeric && pl_is_digit(*p);
        if (p == start) return NULL;
        if (refuse_zeros && numeric && *start == '0' && p - start > 1) return NULL;
        if (p == end || *p != '.') return p;
        p++;
    }
}

#endif
