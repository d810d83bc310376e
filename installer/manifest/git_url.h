/* SPDX-License-Identifier: MIT */
#ifndef PL_GIT_URL_H
#define PL_GIT_URL_H

#include "base/arena.h"
#include "base/str.h"

/* Git repositories in specs: shorthands of the well-known hosts (hosted-git-info) and git URLs. */
struct pl_git_url {
    struct pb_str url;        /* for git, without "git+" and committish */
    struct pb_str committish; /* behind "#"; empty when there is none */
};

/* "user/repo", "github:user/repo", or a URL of a well-known host that is no plain file there. */
bool pl_git_url_hosted(struct pb_arena *arena, struct pb_str spec, struct pl_git_url *out);
/* Any other git URL: "git+ssh://host:path", "git+https://...", "git://...". */
bool pl_git_url_plain(struct pb_arena *arena, struct pb_str spec, struct pl_git_url *out);
/* "commit", "semver:range", "path:folder", joined by "::", each kind at most once and a commit or
 * a range, not both. */
bool pl_git_committish_is_valid(struct pb_str committish);

#endif
