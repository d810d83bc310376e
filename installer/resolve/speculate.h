/* SPDX-License-Identifier: MIT */
#ifndef PL_SPECULATE_H
#define PL_SPECULATE_H

#include "installer/resolve/model.h"

/*
 * Asking ahead. Placement goes in npm's order and needs few packuments at a time; so that the
 * network is busy, each spec is picked as soon as its packument is here and the names its pick
 * depends on are asked for. This decides nothing: placement asks for what was guessed wrong.
 */

/* Asks for the packument of a want and for what its pick reaches: peers only, or everything. */
void pl_speculate(struct pl_resolver *r, struct pl_want *want, enum pl_reach reach);
/* Asks for one packument, whatever is at hand. */
void pl_speculate_ask(struct pl_resolver *r, struct pl_source *source);
/* Everything a package (the root, a workspace) depends on. */
void pl_speculate_package(struct pl_resolver *r, struct pl_package *pkg);
/* A packument or a failure has come. */
void pl_speculate_fed(struct pl_resolver *r, struct pl_source *source);
/*
 * Whether all packuments are here that loading these edges of `node` with their peer sets needs.
 * Asks for those that are not. May be too hopeful in rare cases (r->has_missed tells then).
 */
bool pl_speculate_ready(struct pl_resolver *r, struct pl_node *node, struct pl_edge *const *edges,
                        size_t n);

#endif
