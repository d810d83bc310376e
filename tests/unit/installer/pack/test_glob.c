/* SPDX-License-Identifier: MIT */
#include "installer/pack/glob.h"

#include <criterion/criterion.h>

static struct pb_arena arena;

static void end(void)
{
    pb_arena_release(&arena);
}
TestSuite(glob, .fini = end);

static const struct {
    const char *pattern, *path;
    bool matches, partially;
} cases[] = {
    {"a.js", "a.js", true, true},
    {"a.js", "deep/below/a.js", true, true}, /* one part: the last part of the path */
    {"a.js", "A.JS", true, true},
    {"*.js", "x/y.js", true, true},
    {"*", ".hidden", true, true},
    {"?", "", false, false},
    {"/a.js", "/a.js", true, true},
    {"/a.js", "a.js", false, false},
    {"lib/*.js", "lib/a.js", true, true},
    {"lib/*.js", "lib/deep/a.js", false, false},
    {"lib/*.js", "lib", false, true},
    {"lib", "lib/", true, true},
    {"/lib", "/lib/", true, true},
    {"lib/**", "lib/a/b/c", true, true},
    {"lib/**", "lib", false, true},
    {"**/test/**", "a/b/test/c", true, true},
    {"**/test/**", "test/c", true, true},
    {"a/**/b", "a/b", true, true},
    {"a/**/b", "a/x/y/b", true, true},
    {"a/**/b", "a/x/y/c", false, true},
    {"{a,b}/c", "b/c", true, true},
    {"{a,b}/c", "d/c", false, false},
    {"readme{,.*[^~$]}", "README.md", true, true},
    {"readme{,.*[^~$]}", "README", true, true},
    {"readme{,.*[^~$]}", "README.md~", false, false},
    {"x{1,{2,3}}y", "x3y", true, true},
    {"x{1}y", "x{1}y", true, true},
    {"[ab]c", "bc", true, true},
    {"!a", "a", true, true}, /* the mark is not part of the match */
};

Test(glob, matches_as_minimatch_does)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pl_glob glob;
        struct pb_str path = pb_str(cases[i].path);
        cr_assert(pl_glob_compile(&arena, pb_str(cases[i].pattern), &glob));
        cr_expect_eq(pl_glob_match(&glob, path, false), cases[i].matches, "%s on \"%s\"",
                     cases[i].pattern, cases[i].path);
        cr_expect_eq(pl_glob_match(&glob, path, true), cases[i].partially, "%s on part \"%s\"",
                     cases[i].pattern, cases[i].path);
    }
}

Test(glob, marks_negation)
{
    struct pl_glob glob;
    cr_assert(pl_glob_compile(&arena, PB_LIT("!a"), &glob));
    cr_expect(glob.is_negated);
    cr_assert(pl_glob_compile(&arena, PB_LIT("!!a"), &glob));
    cr_expect_not(glob.is_negated);
}

Test(glob, bounds_alternatives)
{
    struct pl_glob glob;
    cr_expect_not(pl_glob_compile(
        &arena, PB_LIT("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"), &glob));
}
