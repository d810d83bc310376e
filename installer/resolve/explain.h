/* SPDX-License-Identifier: MIT */
#ifndef PL_EXPLAIN_H
#define PL_EXPLAIN_H

#include "installer/resolve/place.h"

/* Peer conflicts in words. */

/* The conflict is overridden: the edge is marked, the user is told. */
void pl_explain_override(struct pl_resolver *r, struct pl_edge *edge, const struct pl_node *dep);
/* It could not be placed: sets r->err (ERESOLVE). */
void pl_explain_failure(struct pl_resolver *r, const struct pl_place *p);
/* Two peers of one set cannot agree: sets r->err (ERESOLVE). parent_edge may be NULL. */
void pl_explain_peer_conflict(struct pl_resolver *r, const struct pl_edge *edge,
                              const struct pl_edge *parent_edge);

#endif
