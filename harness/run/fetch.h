/* SPDX-License-Identifier: MIT */
#ifndef PB_FETCH_H
#define PB_FETCH_H

#include "base/arena.h"
#include "harness/plan/manager.h"

/*
 * Gets a manager from npm's registry into <cache>/managers/<name>-<version>/ by an install of its
 * npm package with plumb (beside phasebench). Several versions stand side by side. The folder
 * appears in one step when everything is there. `version` NULL: the one in the manager's file.
 * `registry` NULL: npm's configured one. Returns the path of the program, in the arena.
 */
const char *pb_manager_fetch(struct pb_arena *arena, const struct pb_manager *manager,
                             const char *version, const char *cache_dir, const char *registry,
                             struct pb_err *err);

#endif
