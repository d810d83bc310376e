/* SPDX-License-Identifier: MIT */
#ifndef PB_PR_COMMENT_H
#define PB_PR_COMMENT_H

#include "harness/pull_request/api.h"
#include "harness/pull_request/hosting.h"

/*
 * One comment that updates itself. It is known by its first line, a marker, and by its author: a
 * marker that somebody else wrote is left alone. Finding and writing are repeated together when it
 * is not known whether a write was done, so that a lost answer makes no second comment.
 */
struct pb_comment_target {
    const struct pb_hosting *hosting;
    const char *repo;
    long number;
    /* The pull request's head must be this commit, else nothing is written; NULL: any. */
    const char *head_sha;
    const char *marker; /* one line: pb_comment_marker() */
    const char *author; /* NULL: who the token is */
};
enum pb_comment_done {
    PB_COMMENT_CREATED,
    PB_COMMENT_UPDATED,
    PB_COMMENT_UNCHANGED, /* it said the same already */
    PB_COMMENT_NOT_WANTED /* there is none, and `create` is false */
};

/* "<!-- phasebench:<id>:<platform> -->": other characters than letters, digits, ".", "_" and "-"
 * become "-". `platform` may come from outside. In the arena. */
const char *pb_comment_marker(struct pb_arena *arena, const char *id, const char *platform);

/* `body` begins with the marker. `create` false: only a comment that is there is updated, so that a
 * red one turns green. `id` gets the comment's number. */
int pb_comment_post(struct pb_api *api, const struct pb_comment_target *target, struct pb_str body,
                    bool create, enum pb_comment_done *done, char id[32],
                    struct pb_err *err) PB_MUST_CHECK;

#endif
