/* SPDX-License-Identifier: MIT */
#ifndef PB_MANAGER_H
#define PB_MANAGER_H

#include "base/arena.h"
#include "base/err.h"
#include "harness/journal/journal.h"
#include "harness/plan/phase.h"

/*
 * A package manager, from managers/<name>.json. Adding one needs no C. Example (shortened):
 *   { "name": "bun",
 *     "find": { "program": "bun", "version": ["--version"] },
 *     "fetch": { "package": "bun", "version": "1.4.5", "binary": {
 *         "linux-x64": "node_modules/@oven/bun-linux-x64/bin/bun" } },
 *     "lockfiles": ["bun.lock"],
 *     "store": ["{store}"], "metadata": ["{meta}"],
 *     "env": { "BUN_INSTALL_CACHE_DIR": "{store}" },
 *     "files": { ".npmrc": "registry={registry}\n" },
 *     "install": ["install", "--ignore-scripts", "--registry={registry}"],
 *     "resolve": ["install", "--lockfile-only", "--registry={registry}"],
 *     "add": ["add", "{package}"],
 *     "seed": { "lock": "resolve" },
 *     "policy": { "scripts": "off (--ignore-scripts)", "audit": "none", "linker": "hoisted" },
 *     "cannot": { "resolve": "why" } }
 * Templates know {registry} {store} {meta} {home} {tmp} {project} {package}; anything else in braces
 * is an error with file:line, as are unknown keys. "files" are written into the project before each
 * sample. "node": true means the program is a script to be run by node ("{node}" is its path).
 */
struct pb_manager {
    const char *name, *file;
    const char *program;
    const char *const *version_argv;                 /* after the binary */
    const char *fetch_package, *fetch_version, *fetch_binary; /* NULL: cannot be fetched here */
    bool needs_node;
    const char *const *lockfiles;
    const char *const *store_dirs, *const *metadata_dirs; /* templates */
    const struct pb_kv *env, *files, *policy, *cannot;
    size_t env_count, file_count, policy_count, cannot_count;
    const char *const *install, *const *resolve, *const *add; /* NULL: not offered */
    const char *seed_lock; /* "resolve" or "install": how the pristine lock is made */
};

int pb_managers_load(struct pb_arena *arena, const char *const *extra_dirs, struct pb_manager **out,
                     size_t *n, struct pb_err *err) PB_MUST_CHECK;
const struct pb_manager *pb_manager_find(const struct pb_manager *managers, size_t n,
                                         const char *name);

struct pb_template_vars {
    const char *registry, *store, *meta, *home, *tmp, *project, *package, *node;
};
/* Expands {names}; the result lives in the arena. */
const char *pb_template_expand(struct pb_arena *arena, const char *text,
                               const struct pb_template_vars *vars);

/* An arm: a manager as measured. Given as NAME or NAME=MANAGER[:BINARY][,KEY=VALUE...]. */
struct pb_arm {
    const char *name;
    const struct pb_manager *manager;
    const char *binary;  /* absolute; NULL: not found, see `missing` */
    const char *missing; /* why there is no binary, and what to do */
    const char *version, *sha256;
    const struct pb_kv *env; /* extra environment */
    size_t env_count;
};
/* Finds the binary (explicit, fetched into `cache_dir`/managers, beside phasebench for plumb, PATH),
 * resolves symbolic links and asks its version. A missing binary is no error. */
int pb_arm_make(struct pb_arena *arena, const char *text, const struct pb_manager *managers,
                size_t n, const char *cache_dir, struct pb_arm *out, struct pb_err *err)
    PB_MUST_CHECK;

/* argv of an action, or NULL when the manager cannot (reason in *why). */
const char *const *pb_arm_argv(struct pb_arena *arena, const struct pb_arm *arm,
                               enum pb_action action, const struct pb_template_vars *vars,
                               const char **why);

#endif
