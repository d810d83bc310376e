/* SPDX-License-Identifier: MIT */
#include "installer/semver/partial.h"
#include "installer/semver/scan.h"
#include "installer/semver/semver.h"
#include "installer/semver/space.h"

#include <stdlib.h>

/* "v1.2.3-pre+build", nothing before or after it. */
static bool parse_strict(struct pb_str text, struct pl_version *out)
{
    const char *p = text.p, *end = text.p + text.n;
    if (p < end && *p == 'v') p++;
    p = pl_scan_number(p, end, false, &out->major);
    if (!p || p == end || *p++ != '.') return false;
    p = pl_scan_number(p, end, false, &out->minor);
    if (!p || p == end || *p++ != '.') return false;
    p = pl_scan_number(p, end, false, &out->patch);
    if (!p) return false;

    out->pre = out->build = (struct pb_str){0};
    if (p < end && *p == '-') {
        const char *start = p + 1;
        p = pl_scan_identifiers(start, end, true);
        if (!p) return false;
        out->pre = pb_strn(start, (size_t)(p - start));
    }
    if (p < end && *p == '+') {
        const char *start = p + 1;
        p = pl_scan_identifiers(start, end, false);
        if (!p) return false;
        out->build = pb_strn(start, (size_t)(p - start));
    }
    return p == end;
}

static bool parse_loose(struct pb_str text, struct pl_version *out)
{
    struct pl_partial partial;
    if (!pl_partial_parse(text, true, &partial) || pl_partial_has_x(&partial)) return false;
    *out = (struct pl_version){.major = partial.major.value,
                               .minor = partial.minor.value,
                               .patch = partial.patch.value,
                               .pre = partial.pre,
                               .build = partial.build};
    return true;
}

bool pl_version_parse(struct pb_str text, bool loose, struct pl_version *out)
{
    if (text.n > PL_VERSION_MAX_BYTES) return false;
    bool spaced = text.n > 0 &&
                  (!pl_is_identifier_char(text.p[0]) || !pl_is_identifier_char(text.p[text.n - 1]));
    if (spaced) text = pl_js_trim(text);
    if (!(loose ? parse_loose(text, out) : parse_strict(text, out))) return false;
    return out->major <= PL_MAX_SAFE_INTEGER && out->minor <= PL_MAX_SAFE_INTEGER &&
           out->patch <= PL_MAX_SAFE_INTEGER;
}

static bool is_numeric(struct pb_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!pl_is_digit(s.p[i])) return false;
    }
    return true;
}

/* Beyond 2^53 JavaScript compares rounded values; so must we to order as npm does. */
static double as_double(struct pb_str digits)
{
    char text[PL_VERSION_MAX_BYTES + 1];
    size_t n = digits.n < sizeof text ? digits.n : sizeof text - 1;
    memcpy(text, digits.p, n);
    text[n] = '\0';
    return strtod(text, NULL);
}

static int numeric_cmp(struct pb_str a, struct pb_str b)
{
    enum { EXACT_DIGITS = 15 };
    while (a.n > 1 && a.p[0] == '0')
        a = pb_str_skip(a, 1);
    while (b.n > 1 && b.p[0] == '0')
        b = pb_str_skip(b, 1);
    if (a.n > EXACT_DIGITS && b.n > EXACT_DIGITS) {
        double x = as_double(a), y = as_double(b);
        return (x > y) - (x < y);
    }
    if (a.n != b.n) return a.n < b.n ? -1 : 1;
    return memcmp(a.p, b.p, a.n);
}

static int identifier_cmp(struct pb_str a, struct pb_str b)
{
    bool a_numeric = is_numeric(a), b_numeric = is_numeric(b);
    if (a_numeric && b_numeric) return numeric_cmp(a, b);
    if (a_numeric != b_numeric) return a_numeric ? -1 : 1;
    return pb_str_cmp(a, b);
}

/* Both have a prerelease. */
static int prerelease_cmp(struct pb_str a, struct pb_str b)
{
    struct pb_str x, y;
    for (;;) {
        bool more_a = pb_str_split(&a, '.', &x), more_b = pb_str_split(&b, '.', &y);
        if (!more_a || !more_b) return more_a - more_b;
        int order = pb_str_eq(x, y) ? 0 : identifier_cmp(x, y);
        if (order != 0) return order;
    }
}

int pl_version_cmp(const struct pl_version *a, const struct pl_version *b)
{
    if (a->major != b->major) return a->major < b->major ? -1 : 1;
    if (a->minor != b->minor) return a->minor < b->minor ? -1 : 1;
    if (a->patch != b->patch) return a->patch < b->patch ? -1 : 1;
    if (a->pre.n == 0 || b->pre.n == 0) return (a->pre.n == 0) - (b->pre.n == 0);
    return prerelease_cmp(a->pre, b->pre);
}
