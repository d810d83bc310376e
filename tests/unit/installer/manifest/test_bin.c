/* SPDX-License-Identifier: MIT */
#include "installer/manifest/bin.h"

#include <criterion/criterion.h>

/* `expected` is "name=target" joined by spaces. */
static const struct {
    const char *name, *bin, *expected;
} rows[] = {
    {"hello", "\"./cli.js\"", "hello=cli.js"},
    {"@scope/hello", "\"bin/cli\"", "hello=bin/cli"},
    {"", "\"cli.js\"", ""},
    {"hello", "{\"a\": \"a.js\", \"b\": \"./b/b.js\"}", "a=a.js b=b/b.js"},
    {"hello", "[\"lib/foo\", \"bar.js\"]", "foo=lib/foo bar.js=bar.js"},
    {"hello", "{\"../../evil\": \"x\"}", "evil=x"},
    {"hello", "{\"a\\\\b:c\": \"x\"}", "c=x"},
    {"hello", "{\"..\": \"x\", \".\": \"y\", \"\": \"z\", \"/\": \"w\"}", ""},
    {"hello", "{\"a\": \"../../../etc/passwd\"}", "a=etc/passwd"},
    {"hello", "{\"a\": \"/abs/./x/../y\"}", "a=abs/y"},
    {"hello", "{\"a\": \"..\\\\..\\\\x\"}", "a=x"},
    {"hello", "{\"a\": \"x/..\"}", ""},
    {"hello", "{\"a\": \"b/\"}", "a=b/"},
    {"hello", "{\"a\": \"a/..b/c\"}", "a=a/..b/c"},
    {"hello", "{\"a\": \"\", \"b\": 1, \"c\": null, \"d\": {\"e\": \"f\"}}", ""},
    {"hello", "{\"x/a\": \"1\", \"b\": \"2\", \"y/a\": \"3\"}", "a=3 b=2"},
    {"hello", "true", ""},
    {"hello", "null", ""},
    {"hello", "[1, \"a\"]", "a=a"},
};

Test(bin, is_normalized_and_confined_to_the_package)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        cJSON *bin = cJSON_Parse(rows[i].bin);
        cr_assert(bin, "%s", rows[i].bin);
        struct pl_deps deps = pl_bin_normalize(&arena, bin, pb_str(rows[i].name));
        const char *got = "";
        for (size_t k = 0; k < deps.n; k++) {
            got = pb_arena_printf(&arena, "%s%s" PB_FMT "=" PB_FMT, got, k ? " " : "",
                                  PB_ARG(deps.items[k].name), PB_ARG(deps.items[k].spec));
        }
        cr_expect_str_eq(got, rows[i].expected, "%s gives \"%s\"", rows[i].bin, got);
        cJSON_Delete(bin);
        pb_arena_release(&arena);
    }
}

Test(bin, may_be_absent)
{
    struct pb_arena arena = PB_ARENA_INIT;
    cr_assert_eq(pl_bin_normalize(&arena, NULL, PB_LIT("a")).n, 0);
    pb_arena_release(&arena);
}
