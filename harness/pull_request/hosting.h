/* SPDX-License-Identifier: MIT */
#ifndef PB_PR_HOSTING_H
#define PB_PR_HOSTING_H

#include "base/arena.h"
#include "base/json.h"

/*
 * What differs between hosting sides: addresses and names of fields. `repo` is "owner/name", in
 * GitLab also the project's number. Paths live in the arena. A pull request is GitLab's merge
 * request, a comment its note.
 */
struct pb_hosting {
    const char *name, *thing; /* "github", "pull request" */
    const char *default_url, *token_variable, *token_header, *accept, *extra_header;
    size_t max_body_bytes;
    const char *update_method;
    /* Author of what a token writes that may not ask who it is; NULL: every token may. */
    const char *fallback_author;
    const char *hint_forbidden;

    const char *(*pull_path)(struct pb_arena *arena, const char *repo, long number);
    const char *(*comments_path)(struct pb_arena *arena, const char *repo, long number);
    const char *(*comment_path)(struct pb_arena *arena, const char *repo, long number,
                                const char *id);
    /* Of an answer: NULL when it is not there. */
    const char *(*head_sha_of)(const cJSON *pull);
    const char *(*user_name_of)(const cJSON *user);
    const char *(*author_of)(const cJSON *comment);
};
extern const struct pb_hosting pb_github, pb_gitlab;

/* By name; NULL: none. */
const struct pb_hosting *pb_hosting_find(const char *name);
/* Whether `repo` has only characters that names of repositories have. */
bool pb_hosting_is_repo(const char *repo);

#endif
