/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(buf, appends_and_stays_terminated)
{
    PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(1000);
    cr_assert_str_eq(pb_buf_str(&buf).p, "");
    pb_buf_add(&buf, "ab", 2);
    pb_buf_add_str(&buf, PB_LIT("cd"));
    pb_buf_add_cstr(&buf, "ef");
    pb_buf_add_char(&buf, 'g');
    pb_buf_printf(&buf, "-%d-%s", 42, "x");
    cr_assert_str_eq(buf.p, "abcdefg-42-x");
    cr_assert_eq(buf.n, strlen(buf.p));
    cr_assert(pb_buf_ok(&buf));
    pb_buf_clear(&buf);
    cr_assert_str_eq(buf.p, "");
    cr_assert_eq(buf.n, 0);
}

Test(buf, fills_up_to_its_ceiling_exactly)
{
    PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(5);
    pb_buf_add_cstr(&buf, "12345");
    cr_assert(pb_buf_ok(&buf));
    cr_assert_str_eq(buf.p, "12345");
    pb_buf_add_char(&buf, '6');
    cr_assert_not(pb_buf_ok(&buf));
    cr_assert_str_eq(buf.p, "12345");
}

Test(buf, stays_a_prefix_without_gaps_after_an_overflow)
{
    PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(6);
    pb_buf_add_cstr(&buf, "123");
    pb_buf_printf(&buf, "%s", "too long");
    cr_assert_not(pb_buf_ok(&buf));
    pb_buf_add_cstr(&buf, "4");
    cr_assert_null(pb_buf_reserve(&buf, 1));
    cr_assert_str_eq(buf.p, "123");
    pb_buf_clear(&buf);
    pb_buf_add_cstr(&buf, "4");
    cr_assert(pb_buf_ok(&buf));
    cr_assert_str_eq(buf.p, "4");
}

Test(buf, a_huge_reservation_is_an_overflow_not_a_crash)
{
    PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(SIZE_MAX);
    pb_buf_add_char(&buf, 'a');
    cr_assert_null(pb_buf_reserve(&buf, SIZE_MAX));
    cr_assert_null(pb_buf_reserve(&buf, SIZE_MAX - 1));
    cr_assert_not(pb_buf_ok(&buf));
}

Test(buf, reserve_gives_room_to_write)
{
    PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(100);
    pb_buf_add_cstr(&buf, "ab");
    memcpy(pb_buf_reserve(&buf, 3), "cde", 3);
    buf.n += 3;
    cr_assert_str_eq(buf.p, "abcde");
}

Test(buf, take_hands_over_the_bytes)
{
    struct pb_buf buf = PB_BUF_INIT(100);
    pb_buf_add_cstr(&buf, "abc");
    size_t n = 0;
    char *bytes = pb_buf_take(&buf, &n);
    cr_assert_str_eq(bytes, "abc");
    cr_assert_eq(n, 3);
    cr_assert_null(buf.p);
    free(bytes);
    bytes = pb_buf_take(&buf, &n);
    cr_assert_str_eq(bytes, "");
    free(bytes);
    pb_buf_release(&buf);
}

static const struct {
    struct pb_str in;
    const char *out;
} json_rows[] = {
    {PB_LIT_INIT(""), "\"\""},
    {PB_LIT_INIT("plain"), "\"plain\""},
    {PB_LIT_INIT("say \"hi\" \\ there"), "\"say \\\"hi\\\" \\\\ there\""},
    {PB_LIT_INIT("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\""},
    {PB_LIT_INIT("a\0b\x1f"), "\"a\\u0000b\\u001f\""},
    {PB_LIT_INIT("\x7f/"), "\"\x7f/\""},
    {PB_LIT_INIT("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\""},
    {PB_LIT_INIT("\xe2\x82\xac \xf0\x9f\x98\x80"), "\"\xe2\x82\xac \xf0\x9f\x98\x80\""},
    {PB_LIT_INIT("a\xff"), "\"a\\ufffd\""},
    {PB_LIT_INIT("\xc0\x80"), "\"\\ufffd\\ufffd\""},                       /* overlong */
    {PB_LIT_INIT("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\""},            /* surrogate */
    {PB_LIT_INIT("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\""}, /* past U+10FFFF */
    {PB_LIT_INIT("\xe2\x82"), "\"\\ufffd\\ufffd\""},                       /* cut off */
};

Test(buf, json_strings_are_escaped_and_always_valid)
{
    for (size_t i = 0; i < sizeof json_rows / sizeof json_rows[0]; i++) {
        PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(1000);
        pb_buf_add_json(&buf, json_rows[i].in);
        cr_expect_str_eq(buf.p, json_rows[i].out, "row %zu: %s", i, buf.p);
    }
}
