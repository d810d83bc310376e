/* SPDX-License-Identifier: MIT */
#ifndef PL_PROJECT_ROOT_H
#define PL_PROJECT_ROOT_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Which project a command is about, as npm finds it: the nearest folder with a package.json or a
 * node_modules from the current one upwards; if that is a workspace member of a project above, then
 * that project, with the member as its chosen workspace.
 */
struct pl_project_root {
    const char *dir;
    const char *member; /* path of the chosen member, relative to dir; NULL: none */
};

/* `given` (--prefix) is taken as it is; NULL: look for it. */
int pl_project_root_find(struct pb_arena *arena, const char *given, struct pl_project_root *out,
                         struct pb_err *err) PB_MUST_CHECK;

#endif
