/* SPDX-License-Identifier: MIT */
/* GitLab's REST API, version 4. */
#include "harness/pull_request/hosting.h"

/* A project's path is one part of the address. */
static const char *project(struct pb_arena *arena, const char *repo)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(4096);
    for (const char *p = repo; *p; p++)
        pb_buf_add_cstr(&out, *p == '/' ? "%2F" : (char[]){*p, '\0'});
    return pb_arena_cstr(arena, pb_buf_str(&out));
}

static const char *pull_path(struct pb_arena *arena, const char *repo, long number)
{
    return pb_arena_printf(arena, "/projects/%s/merge_requests/%ld", project(arena, repo), number);
}

static const char *comments_path(struct pb_arena *arena, const char *repo, long number)
{
    return pb_arena_printf(arena, "%s/notes", pull_path(arena, repo, number));
}

static const char *comment_path(struct pb_arena *arena, const char *repo, long number,
                                const char *id)
{
    return pb_arena_printf(arena, "%s/%s", comments_path(arena, repo, number), id);
}

static const char *head_sha_of(const cJSON *pull)
{
    return pb_json_cstr(pull, "sha");
}

static const char *user_name_of(const cJSON *user)
{
    return pb_json_cstr(user, "username");
}

static const char *author_of(const cJSON *comment)
{
    return user_name_of(pb_json_get(comment, "author"));
}

const struct pb_hosting pb_gitlab = {
    .name = "gitlab",
    .thing = "merge request",
    .default_url = "https://gitlab.com/api/v4",
    .token_variable = "GITLAB_TOKEN",
    .token_header = "PRIVATE-TOKEN:",
    .accept = "application/json",
    .max_body_bytes = 1000000,
    .update_method = "PUT",
    .hint_forbidden = "the token may not write here: it needs the scope api and the role Reporter; "
                      "the job's own token cannot write notes (docs/pull-requests.md)",
    .pull_path = pull_path,
    .comments_path = comments_path,
    .comment_path = comment_path,
    .head_sha_of = head_sha_of,
    .user_name_of = user_name_of,
    .author_of = author_of,
};
