/* SPDX-License-Identifier: MIT */
#ifndef PL_ISOLATE_H
#define PL_ISOLATE_H

#include "installer/install/share.h"

/*
 * The isolated layout: every unit once in a virtual store in the project,
 *   node_modules/.plumb/<key>/node_modules/<name>/      the package
 *   node_modules/.plumb/<key>/node_modules/<dep>        links to its dependencies
 *   node_modules/<direct dependency>                    links of the project, as of each workspace
 *   node_modules/.plumb/node_modules/<name>             links for packages that use what they do
 * not declare: what the hoisted layout has on top so that a package sees what it declares, and the
 * project only what it asks for. Said as a lock of that layout, which is then installed like any
 * other. Units that are shared are not laid out: links lead to them, outside of the project, where
 * nobody finds what he does not declare.
 */
#define PL_VIRTUAL_STORE "node_modules/.plumb"

/* `out` borrows the texts of the tree's lock and the arena; pl_lock_release() it. origins[i]: the
 * entry of the tree's lock that entry i of `out` comes from, 0 for links. */
void pl_isolate(struct pb_arena *arena, const struct pl_wanted_tree *tree,
                const struct pl_units *units, const struct pl_share *share, struct pl_lock *out,
                size_t **origins);

/*
 * The layout of entries of the machine's virtual store (virtual_store.h) that are to be made, as
 * seen from its folder: the units of `made` under their staged names, with links to where all
 * others, and they, stand in the end. unit_of[i]: the unit that entry i of `out` belongs to; entry
 * 0 is the folder itself.
 */
void pl_isolate_shared(struct pb_arena *arena, const struct pl_wanted_tree *tree,
                       const struct pl_units *units, const struct pl_share *share, const bool *made,
                       struct pl_lock *out, size_t **unit_of);

#endif
