/* SPDX-License-Identifier: MIT */
#ifndef PL_NODE_VERSION_H
#define PL_NODE_VERSION_H

#include "base/arena.h"
#include "base/str.h"

/*
 * The version of the `node` on PATH ("20.20.2"): npm prefers versions of packages whose `engines`
 * allow the Node.js it runs on, so the resolver needs it to pick the same. Empty: there is none,
 * and engines are not considered. Read from the header that comes with node, as starting node takes
 * longer than many an install; where that is missing node is asked once per program: the answer is
 * kept in `cache_dir` under the program's path, size and time.
 */
struct pb_str pl_node_version(struct pb_arena *arena, const char *cache_dir);

/* What the text of node_version.h defines; empty: nothing. */
struct pb_str pl_node_version_of_header(struct pb_arena *arena, struct pb_str text);

#endif
