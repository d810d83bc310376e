/* SPDX-License-Identifier: MIT */
#include "installer/semver/range_text.h"

#include "installer/semver/partial.h"
#include "installer/semver/scan.h"
#include "installer/semver/semver.h"
#include "installer/semver/space.h"

#include <inttypes.h>

struct pb_str pl_range_text_collapse(struct pb_arena *arena, struct pb_str text)
{
    bool plain = true;
    for (size_t i = 0; i < text.n && plain; i++) {
        plain = text.p[i] > ' ' && text.p[i] <= '~';
    }
    if (plain) return text;
    char *out = pb_arena_alloc(arena, text.n);
    return pb_strn(out, pl_js_collapse(text, out));
}

static const char *skip_identifier(const char *p, const char *end)
{
    while (p < end && pl_is_identifier_char(*p))
        p++;
    return p;
}

/* End of the build metadata at `p`, a plus sign; `p` when none follows. */
static const char *build_end(const char *p, const char *end)
{
    const char *after = skip_identifier(p + 1, end);
    if (after == p + 1) return p;
    while (after < end && *after == '.') {
        const char *next = skip_identifier(after + 1, end);
        if (next == after + 1) break;
        after = next;
    }
    return after;
}

static struct pb_str strip_builds(struct pb_arena *arena, struct pb_str s)
{
    char *out = pb_arena_alloc(arena, s.n);
    const char *p = s.p, *end = s.p + s.n;
    size_t n = 0;
    while (p < end) {
        const char *after = *p == '+' ? build_end(p, end) : p;
        if (after > p) {
            p = after;
        } else {
            out[n++] = *p++;
        }
    }
    return pb_strn(out, n);
}

static const char *lower_of_hyphen(struct pb_arena *arena, struct pb_str text,
                                   const struct pl_partial *v, bool prerelease)
{
    const char *zero = prerelease ? "-0" : "";
    struct pb_str major = v->major.text, minor = v->minor.text;
    if (v->major.is_x) return "";
    if (v->minor.is_x) return pb_arena_printf(arena, ">=" PB_FMT ".0.0%s", PB_ARG(major), zero);
    if (v->patch.is_x)
        return pb_arena_printf(arena, ">=" PB_FMT "." PB_FMT ".0%s", PB_ARG(major), PB_ARG(minor),
                               zero);
    return pb_arena_printf(arena, ">=" PB_FMT "%s", PB_ARG(text), v->pre.n > 0 ? "" : zero);
}

static const char *upper_of_hyphen(struct pb_arena *arena, struct pb_str text,
                                   const struct pl_partial *v, bool prerelease)
{
    uint64_t major = v->major.value, minor = v->minor.value, patch = v->patch.value;
    if (v->major.is_x) return "";
    if (v->minor.is_x) return pb_arena_printf(arena, "<%" PRIu64 ".0.0-0", major + 1);
    if (v->patch.is_x)
        return pb_arena_printf(arena, "<%" PRIu64 ".%" PRIu64 ".0-0", major, minor + 1);
    if (v->pre.n > 0)
        return pb_arena_printf(arena, "<=%" PRIu64 ".%" PRIu64 ".%" PRIu64 "-" PB_FMT, major, minor,
                               patch, PB_ARG(v->pre));
    if (prerelease)
        return pb_arena_printf(arena, "<%" PRIu64 ".%" PRIu64 ".%" PRIu64 "-0", major, minor,
                               patch + 1);
    return pb_arena_printf(arena, "<=" PB_FMT, PB_ARG(text));
}

/* "1.2 - 3.4.5" becomes ">=1.2.0 <=3.4.5". The first " - " is the one: no prefix holds a dash. */
static struct pb_str rewrite_hyphen(struct pb_arena *arena, struct pb_str s, unsigned flags)
{
    ptrdiff_t dash = pb_str_search(s, PB_LIT(" - "));
    if (dash < 0) return s;
    struct pb_str from = pb_strn(s.p, (size_t)dash), to = pb_str_skip(s, (size_t)dash + 3);
    if (pb_str_starts(from, " ")) from = pb_str_skip(from, 1);
    if (pb_str_ends(to, " ")) to.n--;

    bool loose = (flags & PL_RANGE_LOOSE) != 0, pre = (flags & PL_RANGE_INCLUDE_PRERELEASE) != 0;
    struct pl_partial a, b;
    if (!pl_partial_parse(from, loose, &a) || !pl_partial_parse(to, loose, &b)) return s;
    const char *lower = lower_of_hyphen(arena, from, &a, pre);
    const char *upper = upper_of_hyphen(arena, to, &b, pre);
    return pb_str_trim(pb_str(pb_arena_printf(arena, "%s %s", lower, upper)));
}

static const char *skip_one_space(const char *p, const char *end)
{
    return p < end && *p == ' ' ? p + 1 : p;
}

static bool is_part_start(const char *p, const char *end)
{
    return p < end && (pl_is_digit(*p) || *p == 'x' || *p == 'X' || *p == '*');
}

/* Takes the space out of "> 1.2": an operator, one space, any "v" or "=", a version. */
static size_t join_operators(const char *p, const char *end, char *out)
{
    size_t n = 0;
    while (p < end) {
        const char *op = skip_one_space(p, end), *op_end = op;
        if (op_end < end && (*op_end == '<' || *op_end == '>')) op_end++;
        if (op_end < end && *op_end == '=') op_end++;
        const char *rest = skip_one_space(op_end, end), *v = rest;
        while (v < end && (*v == 'v' || *v == '=' || *v == ' '))
            v++;
        if (!is_part_start(v, end)) {
            out[n++] = *p++;
            continue;
        }
        const char *word_end = v;
        while (word_end < end && (pl_is_identifier_char(*word_end) || *word_end == '.'))
            word_end++;
        if (word_end == v) word_end++; /* "*" */
        memcpy(out + n, p, (size_t)(op_end - p));
        n += (size_t)(op_end - p);
        memcpy(out + n, rest, (size_t)(word_end - rest));
        n += (size_t)(word_end - rest);
        p = word_end;
    }
    return n;
}

/* "~ 1" and "~> 1" become "~1" (mark '~'); "^ 1" becomes "^1". In place. */
static size_t join_mark(char *s, size_t n, char mark)
{
    size_t kept = 0;
    for (size_t i = 0; i < n;) {
        char c = s[i++];
        s[kept++] = c;
        if (c != mark) continue;
        size_t next = i;
        if (mark == '~' && next < n && s[next] == '>') next++;
        if (next < n && s[next] == ' ') i = next + 1;
    }
    return kept;
}

struct pb_str pl_range_text_rewrite(struct pb_arena *arena, struct pb_str part, unsigned flags)
{
    if (pb_str_find(part, '+') >= 0) part = strip_builds(arena, part);
    if (pb_str_find(part, ' ') < 0) return part;
    part = rewrite_hyphen(arena, part, flags);
    char *out = pb_arena_alloc(arena, part.n);
    size_t n = join_operators(part.p, part.p + part.n, out);
    n = join_mark(out, n, '~');
    n = join_mark(out, n, '^');
    return pb_strn(out, n);
}
