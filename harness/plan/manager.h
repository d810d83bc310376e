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
 *     "trace": ["--trace={trace}"], "counts": ["--stats"],
 *     "seed": { "lock": "resolve" },
 *     "policy": { "scripts": "off (--ignore-scripts)", "audit": "none", "linker": "hoisted" },
 *     "cannot": { "resolve": "why" } }
 * Templates know {registry} {store} {meta} {home} {tmp} {project} {package} {trace} {plan};
 * anything else in braces is an error with file:line, as are unknown keys. "files" are written into
 * the project before each sample. "node": true means the program is a script to be run by node.
 * "binary" is by platform
 * ("linux-x64") or "any". "workspace_file" names a file that must list the workspaces of
 * package.json (pnpm). "reads_env" are variables, or families of them ("npm_config_*"), that the
 * program reads though their names are not in its file. "tolerated_misses" are request paths (and
 * all below them) of the manager's own housekeeping that a replayed registry need not know. "trace"
 * makes the manager write its own stage spans to {trace}, as Chrome trace events on
 * CLOCK_MONOTONIC. "counts" makes it print what it counted for itself, as one line that is a JSON
 * object; every command gets it. An "env" with {plan} asks for a file that says what an
 * installation of the project takes (harness/limit/plan.h).
 */
struct pb_manager {
    const char *name, *file;
    const char *program;
    const char *const *version_argv; /* after the binary */
    /* fetch_binary: of this platform, relative to the folder it is installed into. All NULL: cannot
     * be fetched here. */
    const char *fetch_package, *fetch_version, *fetch_binary;
    bool needs_node;
    const char *const *lockfiles;
    const char *const *store_dirs, *const *metadata_dirs; /* templates */
    const char *const *tolerated_misses, *const *reads_env;
    const char *workspace_file; /* NULL: reads package.json's workspaces itself */
    const struct pb_kv *env, *files, *policy, *cannot;
    size_t env_count, file_count, policy_count, cannot_count;
    const char *const *install, *const *resolve, *const *add; /* NULL: not offered */
    const char *const *trace;  /* added to these for a file of stage spans; NULL: not offered */
    const char *const *counts; /* added to these for its own counts; NULL: not offered */
    enum pb_action seed_lock;  /* how the pristine lock is made: RESOLVE or INSTALL */
};

/* All *.json of the built-in folder and of `extra_dirs` (NULL-terminated, may be NULL; a later one
 * of the same name replaces), sorted by name. */
int pb_managers_load(struct pb_arena *arena, const char *const *extra_dirs, struct pb_manager **out,
                     size_t *n, struct pb_err *err) PB_MUST_CHECK;
const struct pb_manager *pb_manager_find(const struct pb_manager *managers, size_t n,
                                         const char *name);
/* "linux-x64": the keys of "binary". */
const char *pb_platform(void);

#endif
