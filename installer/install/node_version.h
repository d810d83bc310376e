/* SPDX-License-Identifier: MIT */
#ifndef PL_NODE_VERSION_H
#define PL_NODE_VERSION_H

#include "base/arena.h"
#include "base/str.h"

/*
 * The version of the `node` on PATH ("20.20.2"): npm prefers versions of packages whose `engines`
 * allow the Node.js it runs on, so the resolver needs it to pick the same. Empty: there is none,
 * and engines are not considered. Asked for once per program: the answer is kept in `cache_dir`
 * under the program's path, size and time.
 */
struct pb_str pl_node_version(struct pb_arena *arena, const char *cache_dir);

#endif
