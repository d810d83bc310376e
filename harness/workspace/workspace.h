/* SPDX-License-Identifier: MIT */
#ifndef PB_WORKSPACE_H
#define PB_WORKSPACE_H

#include "base/arena.h"
#include "base/err.h"
#include "harness/plan/arm.h"

/*
 * The private folder one command runs in:
 *   root/project home tmp store meta output
 * `store` and `meta` of a warm sample are the arm's kept ones instead. Nothing is deleted here: the
 * run deletes all workspaces at its end (deleted inodes slow ext4 down for minutes).
 */
struct pb_workspace {
    const char *root, *project, *home, *tmp, *store, *meta, *output;
};

/* Makes `root` (which must not exist) with empty folders; `kept`: whose store and metadata to use,
 * each NULL for a fresh one. Paths live in the arena. */
int pb_workspace_make(struct pb_arena *arena, const char *root, const struct pb_workspace *kept,
                      struct pb_workspace *out, struct pb_err *err) PB_MUST_CHECK;

struct pb_template_vars pb_workspace_vars(const struct pb_workspace *ws, const char *registry_url);

/* The whole environment of a command, built from nothing: search path, the workspace's folders, the
 * manager's variables, then the arm's. NULL-terminated, in the arena. */
const char *const *pb_workspace_environment(struct pb_arena *arena, const struct pb_workspace *ws,
                                            const struct pb_arm *arm, const char *registry_url);

/* Distinct folders that hold the manager's store and metadata in this workspace. */
const char *const *pb_workspace_cache_dirs(struct pb_arena *arena, const struct pb_workspace *ws,
                                           const struct pb_arm *arm, const char *registry_url);

#endif
