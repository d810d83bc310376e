/* SPDX-License-Identifier: MIT */
#ifndef PL_NODE_VERSION_H
#define PL_NODE_VERSION_H

#include "base/arena.h"

/*
 * Version of the node on PATH ("20.1.0"), for the "engines" of packages; NULL: there is none. Read
 * from the header file that comes with node, as starting node takes longer than a whole install;
 * only where that is missing node is asked, once, and the answer kept in `cache_dir` (may be NULL)
 * for as long as the program stays the same.
 */
const char *pl_node_version(struct pb_arena *arena, const char *cache_dir);

/* The version that node_version.h's text defines; NULL: it does not. */
const char *pl_node_version_of_header(struct pb_arena *arena, struct pb_str text);

#endif
