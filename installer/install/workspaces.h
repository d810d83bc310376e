/* SPDX-License-Identifier: MIT */
#ifndef PL_WORKSPACES_H
#define PL_WORKSPACES_H

#include "base/arena.h"
#include "base/err.h"
#include "installer/manifest/manifest.h"

/*
 * Workspace members of a root manifest, as npm's map-workspaces finds them: globs in order ("*",
 * "?", "[...]" within a part, "**" over parts, "{a,b}" for either, "!" takes out what came before),
 * each match a folder with a package.json, never below node_modules. Sorted by path.
 */
struct pl_workspace {
    struct pb_str path;          /* "packages/ui", relative to the root, zero-terminated */
    struct pl_manifest manifest; /* name: the folder's where package.json has none */
};
struct pl_workspaces {
    struct pl_workspace *items;
    size_t n;
};

/* Two members of one name are an error. All memory is the arena's. */
int pl_workspaces_find(struct pb_arena *arena, int root_dirfd, const struct pl_strs *globs,
                       struct pl_workspaces *out, struct pb_err *err) PB_MUST_CHECK;

/* npm's --workspace: a member's name, its path, or a folder that members lie in. */
bool pl_workspace_is_chosen(struct pb_str filter, const struct pl_workspace *ws);

/* Whether `path` matches a glob of such a list (without "!"). For tests and filters. */
bool pl_workspace_glob_matches(struct pb_str glob, struct pb_str path);

#endif
