/* SPDX-License-Identifier: MIT */
#ifndef PL_PLACE_H
#define PL_PLACE_H

#include "installer/resolve/model.h"

/* What can be done with a dependency at a place: nothing is there and it may go there (OK), what is
 * there may go (REPLACE), what is there will do (KEEP), neither (CONFLICT). */
enum pl_can { PL_CAN_UNKNOWN, PL_CONFLICT, PL_OK, PL_REPLACE, PL_KEEP };

/*
 * The answer for one dependency, with its peers, at one target. Reads the tree only. `dep` lives in
 * a virtual tree with its peer set around it.
 */
struct pl_can_place {
    struct pl_node *dep, *target, *current;
    struct pl_edge *edge, *target_edge;
    const struct pl_can_place *parent; /* of the dependency this one is a peer of */
    const struct pl_can_place *path;   /* the check that asked for this peer; NULL: none */
    bool prefer_dedupe, is_explicit, is_overridden_edge;
    enum pl_can can, can_self; /* with its peers; without */
    enum pl_can peers_memo;
    struct pl_can_place **children;
    size_t n_children, children_cap;
};

struct pl_can_place *pl_can_place_check(struct pl_resolver *r, struct pl_node *dep,
                                        struct pl_node *target, struct pl_edge *edge,
                                        const struct pl_can_place *parent, bool is_explicit);

/* Putting one dependency somewhere, and then its unmet peers. */
struct pl_place {
    struct pl_node *dep;
    struct pl_edge *edge;
    struct pl_place *parent, *top;
    unsigned depth; /* of peers of peers */
    bool is_explicit;
    struct pl_node *current, *placed; /* placed: NULL when nothing was put anywhere */
    struct pl_can_place *can, *can_self;
    struct pl_place **children;
    size_t n_children, children_cap;
    struct pl_node_list need_evaluation; /* dependents of what was removed */
};

/* A conflict that may not be overridden sets r->err. */
struct pl_place *pl_place_dep(struct pl_resolver *r, struct pl_node *dep, struct pl_edge *edge,
                              struct pl_place *parent, bool is_explicit);

/* Whether the conflict concerns the project's own dependencies. */
bool pl_place_is_mine(struct pl_resolver *r, const struct pl_place *p);

#endif
