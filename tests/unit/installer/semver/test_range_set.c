/* SPDX-License-Identifier: MIT */
#include "installer/semver/semver.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

struct relation_row {
    const char *a, *b;
    bool expected;
    unsigned flags;
};

static struct pb_arena arena;

static const struct pl_range *parse(const char *text, unsigned flags)
{
    const struct pl_range *r = pl_range_parse(&arena, pb_str(text), flags);
    cr_assert(r, "\"%s\" is a range", text);
    return r;
}

static void release(void)
{
    pb_arena_release(&arena);
}

static void check_intersects(const struct relation_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (unsigned loose = 0; loose <= PL_RANGE_LOOSE; loose += PL_RANGE_LOOSE) {
            const struct pl_range *a = parse(rows[i].a, rows[i].flags | loose);
            const struct pl_range *b = parse(rows[i].b, rows[i].flags | loose);
            cr_expect_eq(pl_range_intersects(a, b), rows[i].expected, "%s with %s", rows[i].a,
                         rows[i].b);
            cr_expect_eq(pl_range_intersects(b, a), rows[i].expected, "%s with %s", rows[i].b,
                         rows[i].a);
        }
    }
    printf("%zu rows\n", n);
}

static const struct relation_row range_rows[] = {
#include "data/range_intersection.inc"
};
static const struct relation_row comparator_rows[] = {
#include "data/comparator_intersection.inc"
};

Test(range_set, ranges_intersect, .fini = release)
{
    check_intersects(range_rows, ROWS(range_rows));
}

Test(range_set, comparators_intersect, .fini = release)
{
    check_intersects(comparator_rows, ROWS(comparator_rows));
}

static const struct relation_row subset_rows[] = {
#include "data/subset.inc"
};

Test(range_set, subset, .fini = release)
{
    for (size_t i = 0; i < ROWS(subset_rows); i++) {
        const struct pl_range *sub = parse(subset_rows[i].a, subset_rows[i].flags);
        const struct pl_range *dom = parse(subset_rows[i].b, subset_rows[i].flags);
        cr_expect_eq(pl_range_subset(sub, dom), subset_rows[i].expected, "\"%s\" in \"%s\"",
                     subset_rows[i].a, subset_rows[i].b);
    }
    printf("%zu rows\n", ROWS(subset_rows));
}

static const struct {
    const char *a, *b;
    bool subset, intersects;
    unsigned flags;
} recorded_rows[] = {
#include "data/recorded_relations.inc"
};

/* What node-semver 7.8.5 answered to generated pairs. */
Test(range_set, recorded_pairs, .fini = release)
{
    for (size_t i = 0; i < ROWS(recorded_rows); i++) {
        const struct pl_range *a = parse(recorded_rows[i].a, recorded_rows[i].flags);
        const struct pl_range *b = parse(recorded_rows[i].b, recorded_rows[i].flags);
        cr_expect_eq(pl_range_subset(a, b), recorded_rows[i].subset, "\"%s\" in \"%s\"",
                     recorded_rows[i].a, recorded_rows[i].b);
        cr_expect_eq(pl_range_intersects(a, b), recorded_rows[i].intersects, "\"%s\" with \"%s\"",
                     recorded_rows[i].a, recorded_rows[i].b);
    }
    printf("%zu rows\n", ROWS(recorded_rows));
}

Test(range_set, every_range_is_a_subset_of_itself, .fini = release)
{
    for (size_t i = 0; i < ROWS(subset_rows); i++) {
        const struct pl_range *r = parse(subset_rows[i].a, subset_rows[i].flags);
        cr_expect(pl_range_subset(r, r), "\"%s\"", subset_rows[i].a);
    }
}
