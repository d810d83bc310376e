/* SPDX-License-Identifier: MIT */
/* GitHub's REST API, version 2022-11-28. Comments on pull requests are those of issues. */
#include "harness/pull_request/hosting.h"

static const char *pull_path(struct pb_arena *arena, const char *repo, long number)
{
    return pb_arena_printf(arena, "/repos/%s/pulls/%ld", repo, number);
}

static const char *comments_path(struct pb_arena *arena, const char *repo, long number)
{
    return pb_arena_printf(arena, "/repos/%s/issues/%ld/comments", repo, number);
}

static const char *comment_path(struct pb_arena *arena, const char *repo, long number,
                                const char *id)
{
    (void)number;
    return pb_arena_printf(arena, "/repos/%s/issues/comments/%s", repo, id);
}

static const char *head_sha_of(const cJSON *pull)
{
    return pb_json_cstr(pb_json_get(pull, "head"), "sha");
}

static const char *user_name_of(const cJSON *user)
{
    return pb_json_cstr(user, "login");
}

static const char *author_of(const cJSON *comment)
{
    return user_name_of(pb_json_get(comment, "user"));
}

const struct pb_hosting pb_github = {
    .name = "github",
    .thing = "pull request",
    .default_url = "https://api.github.com",
    .token_variable = "GITHUB_TOKEN",
    .token_header = "Authorization: Bearer",
    .accept = "application/vnd.github+json",
    .extra_header = "X-GitHub-Api-Version: 2022-11-28",
    .max_body_bytes = 65536,
    .update_method = "PATCH",
    .fallback_author = "github-actions[bot]",
    .hint_forbidden = "the token may not write here: give the job `pull-requests: write`; for pull "
                      "requests from forks comment from a second workflow (docs/pull-requests.md)",
    .pull_path = pull_path,
    .comments_path = comments_path,
    .comment_path = comment_path,
    .head_sha_of = head_sha_of,
    .user_name_of = user_name_of,
    .author_of = author_of,
};
