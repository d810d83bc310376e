/* SPDX-License-Identifier: MIT */
#ifndef PL_GIT_PREPARE_H
#define PL_GIT_PREPARE_H

#include "base/arena.h"
#include "base/err.h"
#include "installer/manifest/manifest.h"

/*
 * Making a clone ready to be packed, as npm does: where its package.json has workspaces or one of
 * the scripts preinstall, install, postinstall, build, prepack, prepare, another plumb installs
 * everything in it, devDependencies as well, and runs its own scripts, prepare at last. Only for
 * repositories that may run scripts. Any thread; blocks.
 */
struct pl_git_prepare {
    /* A plumb that installs in the folder that is put behind it; NULL-terminated. */
    const char *const *command;
    /* Whether a repository ("git+<url>#<commit>") may. Any thread. */
    bool (*may)(void *user, struct pb_str resolved);
    void *user;
};

#define PL_PREPARE_SCRIPT "a prepare script"
/* What in a package.json calls for preparation, besides install scripts: PL_PREPARE_SCRIPT first;
 * NULL: nothing does. */
const char *pl_git_preparation(const struct pl_manifest *m);

/* NULL: nobody may. Also false for a repository that is being prepared further up: two may need
 * each other. */
bool pl_git_may_prepare(const struct pl_git_prepare *prepare, struct pb_str resolved);
/* What the store knows the package by: what was prepared is not what stands in the repository. */
struct pb_str pl_git_store_key(struct pb_arena *arena, const struct pl_git_prepare *prepare,
                               struct pb_str resolved);
/* Does what is needed in the folder, when it may. */
int pl_git_prepare(struct pb_arena *arena, const struct pl_git_prepare *prepare,
                   struct pb_str resolved, const char *folder, struct pb_err *err) PB_MUST_CHECK;

#endif
