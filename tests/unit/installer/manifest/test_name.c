/* SPDX-License-Identifier: MIT */
#include "installer/manifest/manifest.h"
#include "installer/manifest/uri.h"

#include <criterion/criterion.h>

static const struct {
    const char *name;
    bool safe;
} rows[] = {
    {"a", true},
    {"lodash.has", true},
    {"some-package", true},
    {"example.com", true},
    {"under_score", true},
    {"123numeric", true},
    {"CAPITALS", true}, /* published before they were forbidden */
    {"crazy!", true},
    {"@npm/thingy", true},
    {"@npm-zors/money!time.js", true},
    {"@user/node_modules_x", true},
    {"", false},
    {".", false},
    {"..", false},
    {".bin", false},
    {".npmrc", false},
    {"_start", false},
    {"-flag", false},
    {"a/b", false},
    {"a/../b", false},
    {"@", false},
    {"@a", false},
    {"@/b", false},
    {"@a/", false},
    {"@a/b/c", false},
    {"@a/.b", false},
    {"@a/..", false},
    {"@../b", false},
    {"@./b", false},
    {"@a\\b/c", false},
    {"a\\b", false},
    {"a:b", false},
    {"a b", false},
    {" a", false},
    {"a\n", false},
    {"a%2fb", false},
    {"caf\xc3\xa9", false},
    {"node_modules", false},
    {"Node_Modules", false},
    {"@a/node_modules", false},
    {"favicon.ico", false},
};

Test(name, safe_as_a_folder_below_node_modules)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(pl_name_is_safe(pb_str(rows[i].name)), rows[i].safe, "\"%s\"", rows[i].name);
    }
    cr_expect_not(pl_name_is_safe((struct pb_str){0}));
    cr_expect_not(pl_name_is_safe(PB_LIT("a\0b")));
}

Test(name, at_most_214_bytes)
{
    char name[215];
    memset(name, 'a', sizeof name);
    cr_expect(pl_name_is_safe(pb_strn(name, 214)));
    cr_expect_not(pl_name_is_safe(pb_strn(name, 215)));
}

Test(uri, decodes_strictly)
{
    static const struct {
        struct pb_str in;
        const char *out; /* NULL: malformed */
    } uris[] = {
        {PB_LIT_INIT("a%20b%2Fc"), "a b/c"}, {PB_LIT_INIT(""), ""},      {PB_LIT_INIT("%"), NULL},
        {PB_LIT_INIT("a%2"), NULL},          {PB_LIT_INIT("%zz"), NULL}, {PB_LIT_INIT("%00"), NULL},
        {PB_LIT_INIT("%c3%a9"), "\xc3\xa9"},
    };
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++) {
        struct pb_str out;
        bool valid = pl_uri_decode(&arena, uris[i].in, &out);
        cr_expect_eq(valid, uris[i].out != NULL, "row %zu", i);
        if (valid && uris[i].out) cr_expect(pb_str_is(out, uris[i].out), "row %zu", i);
    }
    pb_arena_release(&arena);
}
