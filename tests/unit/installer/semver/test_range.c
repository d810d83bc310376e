/* SPDX-License-Identifier: MIT */
#include "installer/semver/semver.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

struct satisfies_row {
    const char *range, *version;
    unsigned flags;
};

static void check_satisfies(const struct satisfies_row *rows, size_t n, bool expected)
{
    for (size_t i = 0; i < n; i++) {
        bool got =
            pl_semver_satisfies(pb_str(rows[i].version), pb_str(rows[i].range), rows[i].flags);
        cr_expect_eq(got, expected, "\"%s\" %s \"%s\" (flags %u)", rows[i].version,
                     expected ? "satisfies" : "does not satisfy", rows[i].range, rows[i].flags);
    }
    printf("%zu rows\n", n);
}

static const struct satisfies_row include_rows[] = {
#include "data/range_include.inc"
};
static const struct satisfies_row exclude_rows[] = {
#include "data/range_exclude.inc"
    {"not a range", "1.2.3", 0},
    {"1.2.3", "not a version", 0},
};
static const struct satisfies_row above_rows[] = {
#include "data/version_gt_range.inc"
};
static const struct satisfies_row below_rows[] = {
#include "data/version_lt_range.inc"
};

Test(range, includes)
{
    check_satisfies(include_rows, ROWS(include_rows), true);
}

Test(range, excludes)
{
    check_satisfies(exclude_rows, ROWS(exclude_rows), false);
}

Test(range, excludes_what_is_above_or_below)
{
    check_satisfies(above_rows, ROWS(above_rows), false);
    check_satisfies(below_rows, ROWS(below_rows), false);
}

struct parse_row {
    const char *text, *canonical; /* NULL: no range */
    unsigned flags;
};

static void check_canonical(const struct parse_row *rows, size_t n)
{
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < n; i++) {
        const struct pl_range *r = pl_range_parse(&arena, pb_str(rows[i].text), rows[i].flags);
        const char *got = r ? pl_range_format(&arena, r).p : "(no range)";
        const char *expected = rows[i].canonical ? rows[i].canonical : "(no range)";
        cr_expect_str_eq(got, expected, "\"%s\" (flags %u) is \"%s\", not \"%s\"", rows[i].text,
                         rows[i].flags, got, expected);
    }
    pb_arena_release(&arena);
    printf("%zu rows\n", n);
}

static const struct parse_row parse_rows[] = {
#include "data/range_parse.inc"
};
/* What node-semver 7.8.5 answered to generated texts. */
static const struct parse_row recorded_rows[] = {
#include "data/recorded_ranges.inc"
};

Test(range, canonical_form)
{
    check_canonical(parse_rows, ROWS(parse_rows));
}

Test(range, canonical_form_of_recorded_texts)
{
    check_canonical(recorded_rows, ROWS(recorded_rows));
}

/* A canonical range means the same when it is read again. */
Test(range, canonical_form_is_stable)
{
    struct pb_arena arena = PB_ARENA_INIT;
    size_t ran = 0;
    for (size_t i = 0; i < ROWS(parse_rows); i++) {
        const struct pl_range *a =
            pl_range_parse(&arena, pb_str(parse_rows[i].text), parse_rows[i].flags);
        if (!a) continue;
        struct pb_str text = pl_range_format(&arena, a);
        const struct pl_range *b = pl_range_parse(&arena, text, parse_rows[i].flags);
        cr_assert(b, "%s", text.p);
        cr_expect(pb_str_eq(pl_range_format(&arena, b), text), "%s", text.p);
        ran++;
    }
    pb_arena_release(&arena);
    cr_assert_gt(ran, 80);
    printf("%zu rows\n", ran);
}

Test(range, many_comparators_and_sets_are_kept)
{
    struct pb_arena arena = PB_ARENA_INIT;
    char text[4096] = "";
    size_t n = 0;
    for (unsigned i = 0; i < 50; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s>=%u.0.0-a.%u <%u.5.0", i ? " || " : "",
                              i, i, i);
    }
    const struct pl_range *r = pl_range_parse(&arena, pb_str(text), 0);
    memset(text, 'x', sizeof text); /* the range keeps no slice of it */
    cr_assert(r);
    for (unsigned i = 0; i < 50; i++) {
        struct pl_version v;
        char version[32];
        (void)snprintf(version, sizeof version, "%u.0.0-a.%u", i, i + 1);
        cr_assert(pl_version_parse(pb_str(version), false, &v));
        cr_expect(pl_range_test(r, &v), "%s", version);
        (void)snprintf(version, sizeof version, "%u.5.0", i);
        cr_assert(pl_version_parse(pb_str(version), false, &v));
        cr_expect_not(pl_range_test(r, &v), "%s", version);
    }
    pb_arena_release(&arena);
}

Test(range, endless_text_is_refused)
{
    static char text[40000];
    struct pb_arena arena = PB_ARENA_INIT;
    memset(text, '1', sizeof text);
    cr_assert_null(pl_range_parse(&arena, pb_strn(text, sizeof text), 0));
    memset(text, ' ', 16000);
    cr_assert(pl_range_parse(&arena, pb_strn(text, 16000), 0));
    cr_assert(pl_range_parse(&arena, (struct pb_str){0}, 0));
    pb_arena_release(&arena);
}
