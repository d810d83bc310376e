/* SPDX-License-Identifier: MIT */
#include "installer/semver/semver.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static struct pl_version parse(const char *text, unsigned flags)
{
    struct pl_version v = {0};
    bool valid = pl_version_parse(pb_str(text), (flags & PL_RANGE_LOOSE) != 0, &v);
    cr_assert(valid, "\"%s\" is a version", text);
    return v;
}

static const struct {
    const char *text;
    uint64_t major, minor, patch;
    const char *pre, *build;
} valid_rows[] = {
#include "data/valid_versions.inc"
    {"9007199254740991.9007199254740991.9007199254740991", 9007199254740991, 9007199254740991,
     9007199254740991, "", ""},
    {" \t v1.2.3\r\n", 1, 2, 3, "", ""},
    {"\xc2\xa0\xe2\x80\x83"
     "1.2.3"
     "\xef\xbb\xbf\xe3\x80\x80",
     1, 2, 3, "", ""},
};

Test(version, valid_ones_come_apart)
{
    for (size_t i = 0; i < ROWS(valid_rows); i++) {
        struct pl_version v = parse(valid_rows[i].text, 0);
        cr_expect_eq(v.major, valid_rows[i].major, "%s", valid_rows[i].text);
        cr_expect_eq(v.minor, valid_rows[i].minor, "%s", valid_rows[i].text);
        cr_expect_eq(v.patch, valid_rows[i].patch, "%s", valid_rows[i].text);
        cr_expect(pb_str_is(v.pre, valid_rows[i].pre), "%s", valid_rows[i].text);
        cr_expect(pb_str_is(v.build, valid_rows[i].build), "%s", valid_rows[i].text);
    }
    printf("%zu valid versions\n", ROWS(valid_rows));
}

static const struct {
    const char *text;
    unsigned flags;
} invalid_rows[] = {
#include "data/invalid_versions.inc"
    {"", 0},
    {"", PL_RANGE_LOOSE},
    {"1.2", 0},
    {"1.2.x", 0},
    {"1.2.3.4", 0},
    {"1.2.3.4", PL_RANGE_LOOSE},
    {"01.2.3", 0},
    {"1.2.3-01", 0},
    {"1.2.3-", 0},
    {"1.2.3-a..b", 0},
    {"1.2.3+", 0},
    {"1.2.3+a+b", 0},
    {"=1.2.3", 0},
    {"v 1.2.3", 0},
    {"1.2.3a", 0},
    {"vv1.2.3", 0},
    {"1.2.3-\xc3\xbc", 0},
    {"9007199254740992.0.0", 0},
    {"99999999999999999999999999999.0.0", PL_RANGE_LOOSE},
};

Test(version, invalid_ones_are_refused)
{
    for (size_t i = 0; i < ROWS(invalid_rows); i++) {
        struct pl_version v;
        bool loose = (invalid_rows[i].flags & PL_RANGE_LOOSE) != 0;
        cr_expect_not(pl_version_parse(pb_str(invalid_rows[i].text), loose, &v), "\"%s\"",
                      invalid_rows[i].text);
    }
    printf("%zu invalid versions\n", ROWS(invalid_rows));
}

Test(version, at_most_256_bytes)
{
    char text[300];
    struct pl_version v;
    memset(text, 'a', sizeof text);
    memcpy(text, "1.2.3-", 6);
    cr_assert(pl_version_parse(pb_strn(text, 256), false, &v));
    cr_assert_eq(v.pre.n, 250);
    cr_assert_not(pl_version_parse(pb_strn(text, 257), false, &v));
    cr_assert_not(pl_version_parse(pb_strn(text, 257), true, &v));
}

static const struct {
    const char *text, *pre;
    uint64_t patch;
} loose_rows[] = {
    {"=1.2.3", "", 3},   {"v = 1.2.3", "", 3},     {"1.2.3beta.4", "beta.4", 3},
    {"01.02.03", "", 3}, {"1.2.3-01", "01", 3},    {"1.2.3-", "-", 3},
    {"1.2.3--", "-", 3}, {"1.2.3-.a", "-.a", 3},   {"1.2.34.5", "4.5", 3},
    {"1.2.34", "", 34},  {"1.2.3foo+b", "foo", 3},
};

Test(version, loose_mode_reads_what_people_write)
{
    for (size_t i = 0; i < ROWS(loose_rows); i++) {
        struct pl_version v = parse(loose_rows[i].text, PL_RANGE_LOOSE);
        cr_expect_eq(v.patch, loose_rows[i].patch, "%s", loose_rows[i].text);
        cr_expect(pb_str_is(v.pre, loose_rows[i].pre), "%s", loose_rows[i].text);
    }
}

struct pair {
    const char *a, *b;
    unsigned flags;
};

static const struct pair greater_rows[] = {
#include "data/comparisons.inc"
    {"1.0.0-20230101123045123456", "1.0.0-20220101123045123456", 0},
    {"1.0.0-a.b", "1.0.0-a", 0},
    {"1.0.0-a", "1.0.0-99999999999999999999", 0},
    {"1.0.0-b", "1.0.0-B", 0},
    {"1.0.0-10", "1.0.0-9", 0},
    {"1.0.0-010", "1.0.0-9", PL_RANGE_LOOSE},
};

static const struct pair equal_rows[] = {
#include "data/equality.inc"
    {"1.0.0-1", "1.0.0-01", PL_RANGE_LOOSE},
    {"1.0.0-9007199254740993", "1.0.0-9007199254740992", 0}, /* equal as JavaScript numbers */
};

Test(version, order)
{
    for (size_t i = 0; i < ROWS(greater_rows); i++) {
        struct pl_version a = parse(greater_rows[i].a, greater_rows[i].flags);
        struct pl_version b = parse(greater_rows[i].b, greater_rows[i].flags);
        cr_expect_gt(pl_version_cmp(&a, &b), 0, "%s > %s", greater_rows[i].a, greater_rows[i].b);
        cr_expect_lt(pl_version_cmp(&b, &a), 0, "%s < %s", greater_rows[i].b, greater_rows[i].a);
        cr_expect_eq(pl_version_cmp(&a, &a), 0, "%s", greater_rows[i].a);
    }
    for (size_t i = 0; i < ROWS(equal_rows); i++) {
        struct pl_version a = parse(equal_rows[i].a, equal_rows[i].flags);
        struct pl_version b = parse(equal_rows[i].b, equal_rows[i].flags);
        cr_expect_eq(pl_version_cmp(&a, &b), 0, "%s = %s", equal_rows[i].a, equal_rows[i].b);
    }
    printf("%zu ordered and %zu equal pairs\n", ROWS(greater_rows), ROWS(equal_rows));
}
