/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "gzip_text.h"
#include "installer/registry/gunzip.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The outcome on a heap block of exactly n bytes. */
static enum pb_code inflate(const char *data, size_t n, size_t max, char **out, size_t *out_n)
{
    struct pb_err err = PB_ERR_INIT;
    char *copy = pb_malloc(n);
    memcpy(copy, data, n);
    struct pb_buf text = PB_BUF_INIT(max);
    int result = pl_gunzip(copy, n, &text, &err);
    cr_expect_eq(result, err.code == PB_E_OK ? 0 : -1);
    free(copy);
    if (result != 0) pb_buf_release(&text);
    *out_n = text.n;
    *out = text.p;
    return err.code;
}

static void expect_text(const char *data, size_t n, size_t max, const char *expected)
{
    char *out;
    size_t out_n = 0;
    cr_assert_eq(inflate(data, n, max, &out, &out_n), PB_E_OK);
    cr_expect_eq(out_n, strlen(expected));
    cr_expect_str_eq(out, expected);
    free(out);
}

Test(gunzip, members_are_joined)
{
    size_t a_n, b_n, empty_n;
    char *a = gzip_bytes("hello ", 6, &a_n), *b = gzip_bytes("world, world", 12, &b_n);
    char *empty = gzip_bytes("", 0, &empty_n);
    char both[256];
    memcpy(both, a, a_n);
    memcpy(both + a_n, b, b_n);
    expect_text(a, a_n, 100, "hello ");
    expect_text(empty, empty_n, 100, "");
    expect_text(both, a_n + b_n, 100, "hello world, world");
    free(a);
    free(b);
    free(empty);
}

Test(gunzip, every_cut_and_flipped_size_is_an_error)
{
    size_t n, out_n;
    char *out, *data = gzip_bytes("the quick brown fox jumps over the lazy dog", 43, &n);
    for (size_t cut = 0; cut < n; cut++)
        cr_expect_eq(inflate(data, cut, 1000, &out, &out_n), PB_E_BAD_INPUT, "cut at %zu", cut);
    data[n - 1] = '\x7f'; /* claims 2 GB */
    cr_expect_eq(inflate(data, n, SIZE_MAX / 2, &out, &out_n), PB_E_BAD_INPUT);
    data[n - 1] = 0;
    data[n - 4] = 1; /* claims one byte */
    cr_expect_eq(inflate(data, n, 1000, &out, &out_n), PB_E_BAD_INPUT);
    free(data);
}

Test(gunzip, memory_is_used_again)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_buf text = PB_BUF_INIT(1000);
    size_t long_n, short_n;
    char *longer = gzip_bytes("the quick brown fox jumps over the lazy dog", 43, &long_n);
    char *shorter = gzip_bytes("the end", 7, &short_n);
    cr_assert_eq(pl_gunzip(longer, long_n, &text, &err), 0, "%s", err.msg);
    const char *before = text.p;
    cr_assert_eq(pl_gunzip(shorter, short_n, &text, &err), 0, "%s", err.msg);
    cr_expect_eq(text.p, before);
    cr_expect_str_eq(text.p, "the end");
    cr_expect_eq(text.n, 7);
    pb_buf_release(&text);
    free(longer);
    free(shorter);
}

Test(gunzip, output_is_bounded)
{
    const size_t big = 1 << 20;
    char *zeros = pb_calloc(big, 1), *out;
    size_t n, out_n;
    char *data = gzip_bytes(zeros, big, &n);
    cr_expect_eq(inflate(data, n, big - 1, &out, &out_n), PB_E_LIMIT);
    cr_expect_eq(inflate(data, n, big, &out, &out_n), PB_E_OK);
    cr_expect_eq(out_n, big);
    free(out);
    free(data);
    free(zeros);
}
