/* SPDX-License-Identifier: MIT */
#ifndef PL_GIT_REFS_H
#define PL_GIT_REFS_H

#include "base/arena.h"
#include "base/err.h"

/* What a git repository offers (`git ls-remote`), and which of it a dependency asks for, as
 * @npmcli/git and npm-pick-manifest decide. Pure. */
struct pl_git_ref {
    struct pb_str name;   /* "HEAD", "v1.2.3" of a tag, "main" of a branch, else as listed */
    struct pb_str raw;    /* "refs/tags/v1.2.3" */
    struct pb_str commit; /* 40 or 64 hex digits; of an annotated tag what it points to */
};
struct pl_git_refs {
    struct pl_git_ref *items;
    size_t n;
};

/* `text` must outlive the refs. */
void pl_git_refs_read(struct pb_arena *arena, struct pb_str text, struct pl_git_refs *out);

/* "commit or ref[::path:folder]" or "semver:range" taken apart; texts are slices or the arena's. */
struct pl_git_wish {
    struct pb_str commit, range, folder; /* empty: not asked for; folder without slashes around */
};
int pl_git_wish_read(struct pb_arena *arena, struct pb_str committish, struct pl_git_wish *out,
                     struct pb_err *err) PB_MUST_CHECK;

bool pl_git_is_commit(struct pb_str text); /* 40 or 64 hex digits */

/* The ref that is asked for; NULL without error: a commit that no ref points to, which only a
 * clone can tell. A range that no tag satisfies is an error. */
int pl_git_refs_choose(struct pb_arena *arena, const struct pl_git_refs *refs,
                       const struct pl_git_wish *wish, const struct pl_git_ref **out,
                       struct pb_err *err) PB_MUST_CHECK;

#endif
