/* SPDX-License-Identifier: MIT */
#ifndef PL_DEFAULT_REGISTRY_H
#define PL_DEFAULT_REGISTRY_H

#include "base/arena.h"
#include "base/err.h"

/*
 * The registry of npm's own configuration on this machine, for when no source names one: `built_in`
 * when it is not empty (captured when the program was built), else what `npm config get registry`
 * prints. The text lives in the arena. NULL and an error that says how to set one.
 * `envp`: environment of npm; NULL: this process's.
 */
const char *pl_default_registry(struct pb_arena *arena, const char *built_in,
                                const char *const *envp, struct pb_err *err);

/* What the build captured; may be empty. */
const char *pl_built_in_registry(void);

#endif
