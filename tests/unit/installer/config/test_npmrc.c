/* SPDX-License-Identifier: MIT */
#include "installer/config/npmrc.h"

#include <criterion/criterion.h>

static const char *const env[] = {"foo=bar", "bar=baz", "empty=", "with=a=b", NULL};

/* The first five rows are npm's own cases (workspaces/config/test/env-replace.js). */
static const struct {
    const char *text, *expanded;
} expansions[] = {
    {"\\${foo}", "${foo}"},
    {"\\\\${foo}", "\\bar"},
    {"${baz}", "${baz}"},
    {"\\${baz}", "${baz}"},
    {"\\\\${baz}", "\\${baz}"},
    {"${foo}", "bar"},
    {"a${foo}b${bar}c", "abarbbazc"},
    {"${foo}${foo}", "barbar"},
    {"${foo?}", "bar"},
    {"${baz?}", ""},
    {"${empty}", ""},
    {"${with}", "a=b"},
    {"${baz-text}", "text"},
    {"${foo-text}", "bar"},
    {"${empty-text}", ""},
    {"${empty:-text}", "text"},
    {"${baz:-}", ""},
    {"${foo:-text}", "bar"},
    {"${foo:=text}", "${foo:=text}"},
    {"${foo?text}", "${foo?text}"},
    {"${fo}", "${fo}"},
    {"${}", "${}"},
    {"${foo", "${foo"},
    {"$foo {foo}", "$foo {foo}"},
    {"${${foo}}", "${bar}"},
    {"\\n \\\\ ${foo} \\", "\\n \\\\ bar \\"},
    {"", ""},
};

Test(npmrc, variables_are_expanded)
{
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof expansions / sizeof *expansions; i++) {
        struct pb_str got = pl_env_expand(&arena, pb_str(expansions[i].text), env);
        cr_expect(pb_str_is(got, expansions[i].expanded), "%s: " PB_FMT, expansions[i].text,
                  PB_ARG(got));
    }
    pb_arena_release(&arena);
}

/* One line each; key NULL: it says nothing. */
static const struct {
    const char *line, *key, *value;
    bool list;
} lines[] = {
    {"a=b", "a", "b", false},
    {" a = b ", "a", "b", false},
    {"a", "a", "true", false},
    {"a=", "a", "", false},
    {"a=b=c", "a", "b=c", false},
    {"a = b ; comment", "a", "b", false},
    {"a = b # comment", "a", "b", false},
    {"a = b\\;c\\#d", "a", "b;c#d", false},
    {"a = b\\\\c\\d", "a", "b\\c\\d", false},
    {"a = \"b;c\"", "a", "b;c", false},
    {"a = \" b\\n\"", "a", " b\n", false},
    {"a = 'b'", "a", "b", false},
    {"a = 'b;c'", "a", "b;c", false},
    {"a = \"b", "a", "\"b", false},
    {"\"a b\" = c", "a b", "c", false},
    {"a[]=b", "a", "b", true},
    {"[]=b", "[]", "b", false},
    {"@s:registry = http://registry.example/", "@s:registry", "http://registry.example/", false},
    {"//registry.example/:_authToken=${T}", "//registry.example/:_authToken", "${T}", false},
    {"; a=b", NULL, NULL, false},
    {"  # a=b", NULL, NULL, false},
    {"   ", NULL, NULL, false},
    {"=b", NULL, NULL, false},
    {"[a]", NULL, NULL, false},
};

Test(npmrc, lines_are_read_as_npm_does)
{
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct pl_npmrc rc = pl_npmrc_parse(&arena, pb_str(lines[i].line));
        cr_assert_eq(rc.n, lines[i].key ? 1 : 0, "%s: %zu entries", lines[i].line, rc.n);
        if (rc.n == 0) continue;
        cr_expect(pb_str_is(rc.items[0].key, lines[i].key), "%s: " PB_FMT, lines[i].line,
                  PB_ARG(rc.items[0].key));
        cr_expect(pb_str_is(rc.items[0].value, lines[i].value), "%s: " PB_FMT, lines[i].line,
                  PB_ARG(rc.items[0].value));
        cr_expect_eq(rc.items[0].list, lines[i].list, "%s", lines[i].line);
    }
    pb_arena_release(&arena);
}

Test(npmrc, entries_keep_their_order_and_sections_are_left_out)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_npmrc rc =
        pl_npmrc_parse(&arena, PB_LIT("\xEF\xBB\xBF"
                                      "b=1\r\n\n; c\ra=2\n[section]\nx=3\n[other]\ny=4"));
    cr_assert_eq(rc.n, 2);
    cr_expect(pb_str_is(rc.items[0].key, "b"));
    cr_expect(pb_str_is(rc.items[1].key, "a"));
    pb_arena_release(&arena);
}

Test(npmrc, setting_a_key_leaves_the_rest)
{
    static const struct {
        const char *before, *key, *value, *after;
    } rows[] = {
        {"", "a", "1", "a=1\n"},
        {"; note\na = 1\nb=2", "a", "3", "; note\na=3\nb=2\n"},
        {"a=1\na=2\n", "a", "3", "a=3\n"},
        {"a=1\nb=2\n", "a", NULL, "b=2\n"},
        {"b=2\n[part]\na=1\n", "a", "3", "b=2\na=3\n[part]\na=1\n"},
        {"", "a", " x;y ", "a=\" x;y \"\n"},
        {"#a=1\n", "a", "", "#a=1\na=\"\"\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(4096);
        pl_npmrc_set(pb_str(rows[i].before), pb_str(rows[i].key), rows[i].value, &out);
        cr_expect(pb_str_is(pb_buf_str(&out), rows[i].after), "%zu: " PB_FMT, i,
                  PB_ARG(pb_buf_str(&out)));
    }
}
