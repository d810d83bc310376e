/* SPDX-License-Identifier: MIT */
#ifndef PL_SCRIPT_ENV_H
#define PL_SCRIPT_ENV_H

#include "installer/config/config.h"

#include <cjson/cJSON.h>

/*
 * The environment of a lifecycle script, as npm makes it: the process's own, npm_package_* from
 * package.json (npm/rfcs#183), npm_config_* from the configuration, npm_lifecycle_*, INIT_CWD,
 * NODE, and a PATH that begins with the node_modules/.bin folders from the package up to "/".
 */
struct pl_script_host {
    struct pl_config *config;
    const char *root_dir;       /* absolute */
    const char *command;        /* npm_command */
    const char *init_cwd;       /* where the user was */
    const char *node, *npm_dir; /* absolute, or NULL; found by pl_script_host_find() */
    const char *self;
};
void pl_script_host_find(struct pb_arena *arena, struct pl_script_host *host);

struct pl_script_package {
    const char *dir; /* absolute */
    const cJSON *manifest;
    const char *resolved, *integrity; /* NULL: the project's own */
    bool is_dependency, dev, optional, dev_optional, peer;
};

/* NULL-terminated "NAME=value" texts in the arena. */
const char *const *pl_script_env(struct pb_arena *arena, const struct pl_script_host *host,
                                 const struct pl_script_package *package, const char *event,
                                 const char *command);

#endif
