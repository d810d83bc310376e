/* SPDX-License-Identifier: MIT */
#ifndef PL_GIT_REPO_H
#define PL_GIT_REPO_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "installer/git/git_prepare.h"

/*
 * Packages from git repositories, by the user's own `git` (its configuration, its credentials). It
 * never asks: a password that is needed and not known is an error. Any thread; blocks.
 */

/* What a repository is asked for as in a spec: `url` without "git+", `committish` behind "#". */
struct pl_git_source {
    struct pb_str url, committish;
};

/*
 * Clones into a temporary folder, prepares it where that may be, packs what npm would pack, and
 * appends the tar archive to `tar`.
 * *commit (in the arena) is the commit that was packed; a full commit that is asked for is what is
 * packed or an error. A shallow clone is tried where a branch or tag stands at the commit.
 */
int pl_git_pack(struct pb_arena *arena, const struct pl_git_source *source,
                const struct pl_git_prepare *prepare, struct pb_str *commit, struct pb_buf *tar,
                struct pb_err *err) PB_MUST_CHECK;

/* What npm records in a lock: "git+ssh://git@host/user/repo.git#commit" for the well-known hosts
 * (https where it carries credentials), else the URL as written with "git+" and the commit. */
struct pb_str pl_git_resolved(struct pb_arena *arena, const struct pl_git_source *source,
                              struct pb_str commit);
/* The way back. False: the text is no git URL with a full commit. */
bool pl_git_source_of_resolved(struct pb_arena *arena, struct pb_str resolved,
                               struct pl_git_source *out);

#endif
