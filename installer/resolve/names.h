/* SPDX-License-Identifier: MIT */
#ifndef PL_NAMES_H
#define PL_NAMES_H

#include "base/arena.h"
#include "base/map.h"

struct pl_node;
struct pl_edge;
struct pl_want;
struct pl_source;

/*
 * Package names, each kept once: compared by pointer, and the place where everything known by a
 * name hangs, so that no look-up walks a whole tree. A node_modules folder may be case-insensitive,
 * so a slot in it is found by the folded (lower-case) name, as npm does.
 */
struct pl_name {
    struct pb_str text;
    struct pl_name *fold; /* itself when the text is lower case already */
    uint32_t id;
    struct pl_want *wants;        /* every spec seen under this name */
    struct pl_source *source;     /* what the registry says about it; NULL: never asked */
    struct pl_node *first, *last; /* nodes of the ideal tree with exactly this name, oldest first */
    struct pl_edge *edges;        /* of a folded name: edges of the ideal tree that ask for it */
};

struct pl_names {
    struct pb_arena *arena;
    struct pb_map by_text;
};

struct pl_name *pl_name_intern(struct pl_names *names, struct pb_str text);
/* Forgets the tree that hangs on the names. */
void pl_names_forget_tree(struct pl_names *names);
void pl_names_release(struct pl_names *names);

#endif
