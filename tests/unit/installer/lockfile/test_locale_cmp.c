/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/locale_cmp.h"

#include <criterion/criterion.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* As [...].sort((a, b) => a.localeCompare(b, 'en')) in Node 20 orders them. */
static const char *const ordered[] = {
    "",
    "_",
    "_a",
    "-",
    "-a",
    ".bin",
    "@",
    "@a-b/a",
    "@a.b/a",
    "@a/b",
    "@a/c",
    "@aa/a",
    "*",
    "/",
    "0",
    "1",
    "10",
    "2",
    "7zip",
    "a",
    "A",
    "a_",
    "a_b",
    "a-",
    "a-b",
    "a.",
    "a.b",
    "a/b",
    "a1",
    "aa",
    "aA",
    "Aa",
    "AA",
    "ab",
    "aB",
    "abc",
    "b",
    "B",
    "JSONStream",
    "jsonstream2",
    "node_modules",
    "node_modules/@a/b",
    "node_modules/a",
    "node_modules/a_b",
    "node_modules/a-b",
    "node_modules/a.b",
    "node_modules/a/node_modules/b",
    "node_modules/aa",
    "packages/a",
    "z",
    "Z",
};

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

Test(locale_cmp, orders_as_node_does)
{
    for (size_t i = 0; i < ROWS(ordered); i++) {
        for (size_t j = 0; j < ROWS(ordered); j++) {
            int expected = sign((int)i - (int)j);
            int got = sign(pl_locale_cmp(pb_str(ordered[i]), pb_str(ordered[j])));
            cr_expect_eq(got, expected, "\"%s\" against \"%s\"", ordered[i], ordered[j]);
        }
    }
}

Test(locale_cmp, case_counts_only_when_all_else_is_equal)
{
    cr_expect_lt(pl_locale_cmp(PB_LIT("a"), PB_LIT("A")), 0);
    cr_expect_gt(pl_locale_cmp(PB_LIT("Ab"), PB_LIT("aa")), 0);
    cr_expect_lt(pl_locale_cmp(PB_LIT("Ab"), PB_LIT("ac")), 0);
}

Test(locale_cmp, control_characters_do_not_count_but_keep_the_order_total)
{
    cr_expect_lt(pl_locale_cmp(PB_LIT("a\001a"), PB_LIT("ab")), 0);
    cr_expect_neq(pl_locale_cmp(PB_LIT("a\001"), PB_LIT("a")), 0);
}
