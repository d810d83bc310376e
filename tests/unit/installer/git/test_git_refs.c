/* SPDX-License-Identifier: MIT */
#include "installer/git/git_refs.h"
#include "installer/git/git_repo.h"

#include <criterion/criterion.h>

#define C(d) d d d d d d d d d d /* a commit of one repeated group of four digits */

static struct pb_arena arena;

static void end(void)
{
    pb_arena_release(&arena);
}
TestSuite(git_refs, .fini = end);

static const char listing[] =
    C("aaaa") "\tHEAD\n" C("bbbb") "\trefs/heads/feature\n" C("aaaa") "\trefs/heads/main\n" C(
        "ccc"
        "c") "\trefs/pull/7/head\n" C("1111") "\trefs/tags/v1.0.0\n" C("dddd") "\trefs/tags/"
                                                                               "v1.2.0\n" C("2222") "\trefs/tags/v1.2.0^{}\n" C(
                                                                                   "3333") "\trefs/"
                                                                                           "tags/"
                                                                                           "release"
                                                                                           "-2.0.0-"
                                                                                           "beta."
                                                                                           "1\nnons"
                                                                                           "ense\n";

static const struct {
    const char *committish, *commit; /* NULL: none of the refs; "": an error */
} cases[] = {
    {"", C("aaaa")},
    {"feature", C("bbbb")},
    {"pull/7", C("cccc")},
    {"v1.0.0", C("1111")},
    {"v1.2.0", C("2222")}, /* what the annotated tag points to */
    {"refs/heads/main", C("aaaa")},
    {C("bbbb"), C("bbbb")},
    {C("eeee"), NULL},
    {"HEAD~1", NULL},
    {"semver:^1.0.0", C("2222")},
    {"semver:1.0.x", C("1111")},
    {"semver:%5E1.0.0", C("2222")},
    {"semver:>=2.0.0-0", C("3333")},
    {"semver:^3", ""},
    {"semver:not-a-range", ""},
    {"feature::path:packages/a", C("bbbb")},
    {"feature::path:../up", ""},
    {"-x", ""},
};

Test(git_refs, chooses_as_npm_does)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pl_git_refs refs;
        struct pl_git_wish wish;
        const struct pl_git_ref *ref = NULL;
        struct pb_err err = PB_ERR_INIT;
        const char *wanted = cases[i].commit;
        pl_git_refs_read(&arena, pb_str(listing), &refs);
        int rc = pl_git_wish_read(&arena, pb_str(cases[i].committish), &wish, &err);
        if (rc == 0) rc = pl_git_refs_choose(&arena, &refs, &wish, &ref, &err);
        bool is_error = wanted && !*wanted;
        cr_expect_eq(rc != 0, is_error, "#%s: %s", cases[i].committish, err.msg);
        if (rc != 0 || is_error) continue;
        cr_expect_eq(ref != NULL, wanted != NULL, "#%s", cases[i].committish);
        if (ref && wanted)
            cr_expect(pb_str_is(ref->commit, wanted), "#%s: " PB_FMT, cases[i].committish,
                      PB_ARG(ref->commit));
    }
}

Test(git_refs, prefers_the_version_that_latest_or_head_stands_at)
{
    static const char text[] =
        C("1111") "\tHEAD\n" C("1111") "\trefs/tags/v1.0.0\n" C("2222") "\trefs/tags/v1.9.0\n";
    struct pl_git_refs refs;
    struct pl_git_wish wish;
    const struct pl_git_ref *ref;
    struct pb_err err = PB_ERR_INIT;
    pl_git_refs_read(&arena, pb_str(text), &refs);
    cr_assert_eq(pl_git_wish_read(&arena, PB_LIT("semver:^1.0.0"), &wish, &err), 0);
    cr_assert_eq(pl_git_refs_choose(&arena, &refs, &wish, &ref, &err), 0, "%s", err.msg);
    cr_expect(pb_str_is(ref->name, "v1.0.0"));
}

static const struct {
    const char *url, *committish, *resolved;
} texts[] = {
    {"https://github.com/u/r.git", "v1", "git+ssh://git@github.com/u/r.git#" C("aaaa")},
    {"ssh://git@gitlab.com/g/r.git", "", "git+ssh://git@gitlab.com/g/r.git#" C("aaaa")},
    {"https://me:pw@github.com/u/r.git", "", "git+https://me:pw@github.com/u/r.git#" C("aaaa")},
    {"https://host.example/r.git", "", "git+https://host.example/r.git#" C("aaaa")},
    {"file:///srv/r", "semver:1", "git+file:///srv/r#" C("aaaa")},
    {"git://host.example/r", "", "git://host.example/r#" C("aaaa")},
};

Test(git_refs, writes_and_reads_what_locks_hold)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct pl_git_source source = {pb_str(texts[i].url), pb_str(texts[i].committish)};
        struct pl_git_source back;
        struct pb_str text = pl_git_resolved(&arena, &source, pb_str(C("aaaa")));
        cr_expect(pb_str_is(text, texts[i].resolved), PB_FMT, PB_ARG(text));
        cr_expect(pl_git_source_of_resolved(&arena, text, &back), PB_FMT, PB_ARG(text));
        cr_expect(pb_str_is(back.committish, C("aaaa")));
    }
    struct pl_git_source back;
    cr_expect_not(
        pl_git_source_of_resolved(&arena, PB_LIT("git+https://host.example/r#main"), &back));
    cr_expect_not(pl_git_source_of_resolved(&arena, PB_LIT("https://host.example/r.tgz"), &back));
}
