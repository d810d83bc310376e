/* SPDX-License-Identifier: MIT */
#ifndef PL_CONFIG_H
#define PL_CONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Settings from, strongest first: command line, npm_config_* environment, project .npmrc, user
 * .npmrc, global npmrc, built-in defaults. Keys are npm's names. The default registry has no
 * built-in text: when no source names one, npm's own configuration on this machine is asked
 * (build-time file, then `npm config get registry`); failing that, an error says how to set it.
 */
struct pl_config;

struct pl_config_sources {
    const char *project_dir;
    const char *const *cli; /* "key=value" texts, NULL-terminated; may be NULL */
    const char *const *envp; /* environment to read; NULL: the process's */
};

struct pl_config *pl_config_load(const struct pl_config_sources *sources, struct pb_err *err);
void pl_config_free(struct pl_config *config);

/* Value with ${VAR} expanded, or NULL when unset. Lives as long as the config. */
const char *pl_config_get(const struct pl_config *config, const char *key);
bool pl_config_bool(const struct pl_config *config, const char *key, bool fallback);
long pl_config_long(const struct pl_config *config, const char *key, long fallback);

/* Registry for a package name (scope registries), with a trailing slash; NULL + err when none. */
const char *pl_config_registry(struct pl_config *config, struct pb_str package, struct pb_err *err);
/* "Bearer ..." or "Basic ..." bound to this URL's host and path prefix (nerf dart); NULL: none. */
const char *pl_config_authorization(struct pl_config *config, const char *url);

#endif
