/* SPDX-License-Identifier: MIT */
#ifndef PB_CACHE_DIR_H
#define PB_CACHE_DIR_H

#include "base/arena.h"
#include "base/err.h"

/*
 * The folder that outlives runs: fetched managers, recorded snapshots, the synthetic fixture. The
 * given one (or NULL), else $PHASEBENCH_CACHE, else .cache beside the sources of a build tree, else
 * $XDG_CACHE_HOME/phasebench or ~/.cache/phasebench. Made when missing; absolute; in the arena.
 */
const char *pb_cache_dir(struct pb_arena *arena, const char *given, struct pb_err *err);

#endif
