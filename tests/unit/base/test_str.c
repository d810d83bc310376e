/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(str, starts_and_ends)
{
    cr_assert(pb_str_starts(PB_LIT("abc"), "ab"));
    cr_assert(pb_str_starts(PB_LIT("abc"), ""));
    cr_assert(pb_str_starts((struct pb_str){0}, ""));
    cr_assert_not(pb_str_starts(PB_LIT("ab"), "abc"));
    cr_assert(pb_str_ends(PB_LIT("abc"), "bc"));
    cr_assert(pb_str_ends((struct pb_str){0}, ""));
    cr_assert_not(pb_str_ends(PB_LIT("bc"), "abc"));
    cr_assert_not(pb_str_ends(PB_LIT("abd"), "bc"));
}

Test(str, order_is_by_bytes_then_length)
{
    static const struct pb_str sorted[] = {{NULL, 0},  {"\0", 1}, {"A", 1}, {"a", 1},
                                           {"a\0", 2}, {"ab", 2}, {"b", 1}, {"\xc3\xbc", 2}};
    for (size_t i = 0; i < 8; i++) {
        for (size_t k = 0; k < 8; k++) {
            int order = pb_str_cmp(sorted[i], sorted[k]);
            cr_expect_eq((order > 0) - (order < 0), (i > k) - (i < k), "%zu against %zu", i, k);
        }
    }
}

Test(str, finds_characters_and_slices)
{
    struct pb_str s = PB_LIT("a/b/c");
    cr_assert_eq(pb_str_find(s, '/'), 1);
    cr_assert_eq(pb_str_rfind(s, '/'), 3);
    cr_assert_eq(pb_str_find(s, 'x'), -1);
    cr_assert_eq(pb_str_rfind(s, 'x'), -1);
    cr_assert_eq(pb_str_find((struct pb_str){0}, '/'), -1);
    cr_assert_eq(pb_str_rfind((struct pb_str){0}, '/'), -1);
    cr_assert_eq(pb_str_search(s, PB_LIT("b/")), 2);
    cr_assert_eq(pb_str_search(s, PB_LIT("")), 0);
    cr_assert_eq(pb_str_search(s, PB_LIT("c/")), -1);
    cr_assert_eq(pb_str_search(PB_LIT("a"), PB_LIT("ab")), -1);
}

Test(str, trims_and_skips)
{
    cr_assert(pb_str_is(pb_str_trim(PB_LIT(" \t\r\n a b \v\f")), "a b"));
    cr_assert(pb_str_is(pb_str_trim(PB_LIT("  ")), ""));
    cr_assert(pb_str_is(pb_str_trim(PB_LIT("\xc2\xa0x")), "\xc2\xa0x")); /* ASCII only */
    cr_assert(pb_str_is(pb_str_skip(PB_LIT("abc"), 1), "bc"));
    cr_assert_eq(pb_str_skip(PB_LIT("abc"), 3).n, 0);
    cr_assert_eq(pb_str_skip(PB_LIT("abc"), 99).n, 0);
}

static const struct {
    const char *text;
    size_t n;
    const char *parts[4];
} split_rows[] = {
    {"a,,b", 3, {"a", "", "b"}}, {"", 1, {""}}, {",", 2, {"", ""}}, {"abc", 1, {"abc"}},
    {"a,b,", 3, {"a", "b", ""}},
};

Test(str, splits)
{
    for (size_t i = 0; i < sizeof split_rows / sizeof split_rows[0]; i++) {
        struct pb_str rest = pb_str(split_rows[i].text), part;
        size_t n = 0;
        while (pb_str_split(&rest, ',', &part)) {
            cr_assert_lt(n, split_rows[i].n);
            cr_expect(pb_str_is(part, split_rows[i].parts[n]), "row %zu part %zu", i, n);
            n++;
        }
        cr_expect_eq(n, split_rows[i].n, "row %zu", i);
    }
}

static const struct {
    const char *text;
    bool valid;
    uint64_t value;
} number_rows[] = {
    {"0", true, 0},   {"007", true, 7},
    {"", false, 0},   {"18446744073709551615", true, UINT64_MAX},
    {"-1", false, 0}, {"18446744073709551616", false, 0},
    {"1x", false, 0}, {"99999999999999999999", false, 0},
    {"+1", false, 0}, {" 1", false, 0},
};

Test(str, parses_numbers)
{
    for (size_t i = 0; i < sizeof number_rows / sizeof number_rows[0]; i++) {
        uint64_t value = 0;
        bool valid = pb_str_u64(pb_str(number_rows[i].text), &value);
        cr_expect_eq(valid, number_rows[i].valid, "%s", number_rows[i].text);
        cr_expect_eq(value, number_rows[i].value, "%s", number_rows[i].text);
    }
}

/* Near-equal keys must not share their low bits, which tables use. */
Test(str, hash_spreads_short_and_long_keys)
{
    static uint8_t seen[1 << 16];
    size_t collisions = 0;
    for (unsigned i = 0; i < 4096; i++) {
        char text[32];
        int n = snprintf(text, sizeof text, "@scope/package-name-%u", i);
        uint64_t h = pb_str_hash(pb_strn(text, (size_t)n)) & 0xffff;
        collisions += seen[h];
        seen[h] = 1;
    }
    /* 4096 balls in 65536 bins: 125 expected, standard deviation about 11. */
    cr_assert_lt(collisions, 190);
}

Test(str, hash_depends_on_every_byte_and_the_length)
{
    char text[40];
    memset(text, 'a', sizeof text);
    for (size_t n = 1; n <= sizeof text; n++) {
        uint64_t h = pb_str_hash(pb_strn(text, n));
        cr_assert_neq(h, pb_str_hash(pb_strn(text, n - 1)));
        for (size_t i = 0; i < n; i++) {
            text[i] = 'b';
            cr_assert_neq(h, pb_str_hash(pb_strn(text, n)), "byte %zu of %zu", i, n);
            text[i] = 'a';
        }
    }
    cr_assert_neq(pb_str_hash(PB_LIT("")), pb_str_hash(PB_LIT("\0")));
}
