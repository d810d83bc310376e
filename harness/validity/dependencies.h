/* SPDX-License-Identifier: MIT */
#ifndef PB_DEPENDENCIES_H
#define PB_DEPENDENCIES_H

#include "base/arena.h"
#include "base/err.h"

/*
 * What a project declares: the direct, non-optional dependencies of package.json and of its
 * workspaces (globs of "workspaces").
 */
struct pb_dependency {
    const char *from; /* folder of the declaring package.json, relative to the project; "" = root */
    const char *name; /* of the folder in node_modules */
};
struct pb_dependencies {
    struct pb_dependency *items;
    size_t n, cap;
};

/* `arena` holds the strings; items must be freed. */
int pb_dependencies_read(struct pb_arena *arena, const char *project, struct pb_dependencies *out,
                         struct pb_err *err) PB_MUST_CHECK;

/* Whether `name` can be loaded from `from`: a folder node_modules/<name> there or in a folder above
 * it up to the project, whose package.json has a version (a link to a workspace needs none). */
bool pb_dependency_in_place(const char *project, const struct pb_dependency *dependency);

#endif
