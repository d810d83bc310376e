/* SPDX-License-Identifier: MIT */
#include "harness/pull_request/comment.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *id, *platform, *marker;
} markers[] = {
    {"default", "linux-x64", "<!-- phasebench:default:linux-x64 -->"},
    {"nightly 2", "linux_arm.64", "<!-- phasebench:nightly-2:linux_arm.64 -->"},
    {"a", NULL, "<!-- phasebench:a:unknown -->"},
    {"a", "--> <b>\n@x", "<!-- phasebench:a:-b-x -->"},
    {"a--b", "x---", "<!-- phasebench:a-b:x- -->"},
};

Test(comment, marker_is_one_closed_html_comment)
{
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        cr_expect_str_eq(pb_comment_marker(&arena, markers[i].id, markers[i].platform),
                         markers[i].marker);
    char longer[1000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    cr_expect_lt(strlen(pb_comment_marker(&arena, longer, longer)), 200);
    pb_arena_release(&arena);
}

static const struct {
    const char *repo;
    bool fine;
} repos[] = {
    {"owner/name", true}, {"a.b/c_d-e", true}, {"group/sub/name", true},
    {"4711", true},       {"", false},         {"/name", false},
    {"owner/", false},    {"a//b", false},     {"owner/../../x", false},
    {"o/n?x=1", false},   {"o/n#x", false},    {"o/n x", false},
    {"o/n\n", false},     {"o/%2e%2e", false},
};

Test(comment, repository_names_are_no_addresses)
{
    for (size_t i = 0; i < sizeof repos / sizeof *repos; i++)
        cr_expect_eq(pb_hosting_is_repo(repos[i].repo), repos[i].fine, "%s", repos[i].repo);
}

Test(comment, paths)
{
    struct pb_arena arena = PB_ARENA_INIT;
    cr_expect_str_eq(pb_github.comment_path(&arena, "owner/name", 12, "7"),
                     "/repos/owner/name/issues/comments/7");
    cr_expect_str_eq(pb_gitlab.comment_path(&arena, "group/sub/name", 12, "7"),
                     "/projects/group%2Fsub%2Fname/merge_requests/12/notes/7");
    cr_expect_eq(pb_hosting_find("gitlab"), &pb_gitlab);
    cr_expect_null(pb_hosting_find("other"));
    pb_arena_release(&arena);
}
