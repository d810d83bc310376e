/* SPDX-License-Identifier: MIT */
#include "installer/semver/partial.h"

#include "installer/semver/scan.h"
#include "installer/semver/space.h"

static const char *skip_prefix(const char *p, const char *end)
{
    for (size_t n = 1; p < end && n > 0; p += n) {
        n = *p == 'v' || *p == '=' ? 1 : pl_js_space(pb_strn(p, (size_t)(end - p)));
    }
    return p;
}

static const char *scan_part(const char *p, const char *end, bool loose, struct pl_part *out)
{
    if (p == end) return NULL;
    const char *start = p;
    out->is_x = *p == 'x' || *p == 'X' || *p == '*';
    out->value = 0;
    p = out->is_x ? p + 1 : pl_scan_number(p, end, loose, &out->value);
    if (p) out->text = pb_strn(start, (size_t)(p - start));
    return p;
}

/* What follows the three parts. Loose mode needs no dash; a dash that no identifier follows is
 * then an identifier itself. */
static const char *scan_prerelease(const char *p, const char *end, bool loose, struct pb_str *out)
{
    const char *start = *p == '-' ? p + 1 : p;
    if (start == p && !loose) return p;
    const char *after = pl_scan_identifiers(start, end, !loose);
    if (!after && loose && *p == '-') {
        start = p;
        after = pl_scan_identifiers(start, end, false);
    }
    if (after) *out = pb_strn(start, (size_t)(after - start));
    return after;
}

/* Loose mode reads "1.2.34.5" as 1.2.3-4.5, since the expression it is defined by backtracks. */
static const char *give_back_a_digit(const char *patch, const char *p, const char *end, bool loose,
                                     struct pl_part *part)
{
    if (!loose || part->is_x || p == end || *p != '.' || p - patch < 2) return p;
    (void)scan_part(patch, p - 1, loose, part);
    return p - 1;
}

static bool parse_rest(const char *p, const char *end, bool loose, struct pl_partial *out)
{
    if (p < end && *p != '+') p = scan_prerelease(p, end, loose, &out->pre);
    if (p && p < end && *p == '+') {
        const char *start = p + 1;
        p = pl_scan_identifiers(start, end, false);
        if (p) out->build = pb_strn(start, (size_t)(p - start));
    }
    return p == end;
}

bool pl_partial_parse(struct pb_str text, bool loose, struct pl_partial *out)
{
    const struct pl_part missing = {.is_x = true};
    const char *end = text.p + text.n, *p = skip_prefix(text.p, end);
    *out = (struct pl_partial){.prefix = pb_strn(text.p, (size_t)(p - text.p)),
                               .text = pb_strn(p, (size_t)(end - p)),
                               .minor = missing,
                               .patch = missing};

    p = scan_part(p, end, loose, &out->major);
    if (p == end) return p != NULL;
    if (!p || *p != '.') return false;
    p = scan_part(p + 1, end, loose, &out->minor);
    if (p == end) return p != NULL;
    if (!p || *p != '.') return false;
    const char *patch = p + 1;
    p = scan_part(patch, end, loose, &out->patch);
    if (!p) return false;
    p = give_back_a_digit(patch, p, end, loose, &out->patch);
    return parse_rest(p, end, loose, out);
}
