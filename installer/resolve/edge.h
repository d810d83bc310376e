/* SPDX-License-Identifier: MIT */
#ifndef PL_EDGE_H
#define PL_EDGE_H

#include "installer/resolve/model.h"

struct pl_edge *pl_edge_new(struct pl_resolver *r, struct pl_node *from,
                            const struct pl_package_dep *dep);
/* The spec with overrides applied. */
struct pl_want *pl_edge_want(struct pl_resolver *r, const struct pl_edge *e);
/* MISSING is not reported for optional edges: they are OK without a target. */
enum pl_edge_state pl_edge_state(struct pl_resolver *r, struct pl_edge *e);
static inline bool pl_edge_is_valid(struct pl_resolver *r, struct pl_edge *e)
{
    return pl_edge_state(r, e) == PL_EDGE_OK;
}
bool pl_edge_satisfied_by(struct pl_resolver *r, const struct pl_edge *e, struct pl_node *node);
/* Looks its target up again. `hard`: its validity is decided anew even when the target is the same.
 */
void pl_edge_reload(struct pl_resolver *r, struct pl_edge *e, bool hard);

/* Whether a node is what a spec asks for, seen from `from`. */
bool pl_dep_valid(struct pl_resolver *r, const struct pl_node *node, const struct pl_want *want,
                  const struct pl_node *from);
/* install-links: whether the folder of a local spec, seen from `from`, is packed and installed
 * instead of linked to. */
bool pl_is_packed(struct pl_resolver *r, const struct pl_want *want, const struct pl_node *from);
/* Path of a local spec from the project's root, normalised; ".." parts lead outside. Empty: the
 * root, or an absolute path. */
struct pb_str pl_local_path(struct pl_resolver *r, const struct pl_want *want,
                            const struct pl_node *from);

/* What a local path in a want of `e` is based on: whoever asks, the project for an override. */
const struct pl_node *pl_edge_base(struct pl_resolver *r, const struct pl_edge *e,
                                   const struct pl_want *want);
/* Where the package of a want that `e` has comes from; NULL: a folder. */
struct pl_source *pl_edge_source(struct pl_resolver *r, const struct pl_edge *e,
                                 const struct pl_want *want);

#endif
