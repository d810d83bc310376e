/* SPDX-License-Identifier: MIT */
#include "installer/registry/json_skip.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* `length`: bytes of the container at the start of `text`; 0: it does not end. */
static const struct {
    const char *text;
    size_t length;
} containers[] = {
    {"{}", 2},
    {"[]tail", 2},
    {"{\"a\":{}}}", 8},
    {"{\"}\":1}", 7},
    {"{\"\\\"}\":1} ", 9},
    {"{\"\\\\\":1}}", 8},
    {"{\"a\\\\\\\"}b\":[1,[2]]},", 19},
    {"{\"a\":\"{[{[\"}", 12},
    {"{", 0},
    {"{\"a", 0},
    {"{\"a\\", 0},
    {"[[[]]", 0},
    {"{\"a\":\"\\\"}", 0},
    {"{\"key\":\"0123456789012345678901234567890123456789012345678901234567\\\\\"}", 70},
    {"{\"key\":\"012345678901234567890123456789012345678901234567890123456\\\"\"}", 69},
};

#define EACH_IMPL(i)                                                                               \
    for (size_t i = 0; i < pl_json_skip_impl_count; i++)                                           \
        if (pl_json_skip_impl_runs_here(i))

/* Runs on a heap block of the exact size, so that a sanitizer sees reads past the end. */
static size_t skip_length(size_t impl, const char *text, size_t n)
{
    char *copy = malloc(n ? n : 1);
    cr_assert_not_null(copy);
    memcpy(copy, text, n);
    const char *end = pl_json_skip_impls[impl].skip_container(copy, copy + n);
    size_t length = end ? (size_t)(end - copy) : 0;
    free(copy);
    return length;
}

Test(json_skip, container_ends_where_its_bracket_closes)
{
    EACH_IMPL(impl)
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
        size_t got = skip_length(impl, containers[i].text, strlen(containers[i].text));
        cr_expect_eq(got, containers[i].length, "%s: %s: %zu", pl_json_skip_impls[impl].name,
                     containers[i].text, got);
    }
}

/* Every prefix of a long document is cut off; brackets in strings at every offset of a block. */
Test(json_skip, every_prefix_is_cut_off)
{
    char text[400] = "{";
    for (int i = 0; i < 20; i++)
        strcat(text, i ? ",\"k\\\\\":[\"}\\\"\",{}]" : "\"k\":[[]]");
    strcat(text, "}");
    size_t n = strlen(text);
    EACH_IMPL(impl)
    {
        cr_expect_eq(skip_length(impl, text, n), n);
        for (size_t cut = 1; cut < n; cut++)
            cr_expect_eq(skip_length(impl, text, cut), 0, "%s: cut at %zu",
                         pl_json_skip_impls[impl].name, cut);
    }
}

/* Random soups of the bytes that matter: all implementations agree with the portable one. */
Test(json_skip, implementations_agree)
{
    static const char alphabet[] = "{}[]\"\\ab,\"";
    unsigned seed = 12345;
    for (int round = 0; round < 20000; round++) {
        char text[300] = "{";
        size_t n = 1 + (size_t)(rand_r(&seed) % 299);
        for (size_t i = 1; i < n; i++)
            text[i] = alphabet[(size_t)rand_r(&seed) % (sizeof alphabet - 1)];
        size_t expected = skip_length(0, text, n);
        for (size_t impl = 1; impl < pl_json_skip_impl_count; impl++)
            if (pl_json_skip_impl_runs_here(impl))
                cr_assert_eq(skip_length(impl, text, n), expected, "%s: %.*s",
                             pl_json_skip_impls[impl].name, (int)n, text);
    }
}

Test(json_skip, nesting_is_bounded_exactly)
{
    EACH_IMPL(impl)
    for (unsigned depth = PL_JSON_MAX_DEPTH - 1; depth <= PL_JSON_MAX_DEPTH + 1; depth++) {
        char text[2 * PL_JSON_MAX_DEPTH + 2];
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        size_t expected = depth <= PL_JSON_MAX_DEPTH ? 2 * depth : 0;
        cr_expect_eq(skip_length(impl, text, 2 * depth), expected, "%s: depth %u",
                     pl_json_skip_impls[impl].name, depth);
    }
}

static const struct {
    const char *text;
    size_t length;
    bool escaped;
} strings[] = {
    {"\"\"", 2, false},
    {"\"abc\",", 5, false},
    {"\"a\\\"b\"", 6, true},
    {"\"0123456789abcdef0123456789abcdef\" ", 34, false},
    {"\"0123456789abcde\\\"0123456789abcdef\" ", 35, true},
    {"\"0123456789abcdef", 0, false},
    {"\"0123456789abcde\\", 0, true},
    {"\"", 0, false},
};

Test(json_skip, string_ends_at_its_unescaped_quote)
{
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        size_t n = strlen(strings[i].text);
        char *copy = malloc(n);
        cr_assert_not_null(copy);
        memcpy(copy, strings[i].text, n);
        bool escaped;
        const char *end = pl_json_skip_string(copy, copy + n, &escaped);
        cr_expect_eq(end ? (size_t)(end - copy) : 0, strings[i].length, "%s", strings[i].text);
        cr_expect_eq(escaped, strings[i].escaped, "%s", strings[i].text);
        free(copy);
    }
}

Test(json_skip, members_are_walked_in_order)
{
    const char *text = " \"a\" : 1 , \"b\":\"x\",\"c\\u0041\":[{}], \"d\":{\"e\":null}} rest";
    static const char *const keys[] = {"a", "b", "c\\u0041", "d"};
    static const char *const values[] = {"1", "\"x\"", "[{}]", "{\"e\":null}"};
    const char *at = text, *end = text + strlen(text);
    struct pl_json_member m;
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(pl_json_next_member(&at, end, &m), PL_JSON_MEMBER);
        cr_expect(pb_str_is(m.key, keys[i]));
        cr_expect(pb_str_is(m.value, values[i]), PB_FMT, PB_ARG(m.value));
        cr_expect_eq(m.key_escaped, i == 2);
    }
    cr_expect_eq(pl_json_next_member(&at, end, &m), PL_JSON_END);
    cr_expect_str_eq(at, " rest");
}

static const char *const bad_members[] = {
    "",      "a:1}",      "\"a\"}",        "\"a\" 1}",  "\"a\":}",        "\"a\":1",
    "\"a\"", "\"a\":1,}", "\"a\":1 \"b\"", "\"a\":1,,", "\"a\":{\"b\":1", "\"a\":1]",
};

Test(json_skip, bad_members_are_refused)
{
    for (size_t i = 0; i < sizeof bad_members / sizeof *bad_members; i++) {
        const char *at = bad_members[i], *end = at + strlen(at);
        struct pl_json_member m;
        enum pl_json_walk walk;
        while ((walk = pl_json_next_member(&at, end, &m)) == PL_JSON_MEMBER) {
        }
        cr_expect_eq(walk, PL_JSON_BAD, "%s", bad_members[i]);
    }
}
