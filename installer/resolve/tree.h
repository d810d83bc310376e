/* SPDX-License-Identifier: MIT */
#ifndef PL_TREE_H
#define PL_TREE_H

#include "installer/resolve/model.h"

/* Nodes and where they hang. At any moment each edge leads to what its node finds by walking up. */

/* A node alone, with its edges (unresolved). Tops have devDependencies too. Its flags are all set:
 * flags.c clears those that do not hold. */
struct pl_node *pl_node_new(struct pl_resolver *r, struct pl_name *name, struct pl_package *pkg,
                            bool is_top, const struct pl_override_set *overrides);
struct pl_node *pl_link_new(struct pl_resolver *r, struct pl_name *name, struct pl_node *target);
/* Stands for a node that could not be loaded. */
struct pl_node *pl_failure_new(struct pl_resolver *r, struct pl_name *name,
                               const struct pb_err *failure);
/* A root that stands for `source`, whose edges are made when asked for. */
struct pl_node *pl_virtual_root_new(struct pl_resolver *r, struct pl_node *source);

/* Makes the node the root of the ideal tree. */
void pl_tree_set_root(struct pl_resolver *r, struct pl_node *root);
/* Puts the node (and what is below it) in parent/node_modules; whatever had the place leaves. */
void pl_node_attach(struct pl_resolver *r, struct pl_node *parent, struct pl_node *node);
/* Puts a folder's node below another folder. */
void pl_node_attach_folder(struct pl_resolver *r, struct pl_node *parent, struct pl_node *node,
                           struct pb_str location);
/* Takes the node and what is below it out of its tree. */
void pl_node_detach(struct pl_resolver *r, struct pl_node *node);
/* Puts `node` where `old` is, with old's children. */
void pl_node_replace(struct pl_resolver *r, struct pl_node *node, struct pl_node *old);

/* What `node` finds under a name: its own child or the nearest one above. */
struct pl_node *pl_node_resolve(const struct pl_node *node, const struct pl_name *name);
struct pl_node *pl_node_child(const struct pl_node *node, const struct pl_name *name);
/* The edge out under a name; makes it for virtual roots. */
struct pl_edge *pl_node_edge(struct pl_resolver *r, struct pl_node *node,
                             const struct pl_name *name);
bool pl_node_is_below(const struct pl_node *node, const struct pl_node *above);
bool pl_node_is_workspace(const struct pl_resolver *r, const struct pl_node *node);
/* Inside the bundle of anything above it. */
bool pl_node_in_bundle(struct pl_resolver *r, struct pl_node *node);
/* Inside the bundle of another package than the project. */
bool pl_node_in_dep_bundle(struct pl_resolver *r, struct pl_node *node);
bool pl_node_in_shrinkwrap(const struct pl_node *node);

/* Its version was forced by an override for it alone. */
bool pl_node_is_overridden(const struct pl_node *node);

/* Same package: by integrity, else by URL, else by name and version. */
bool pl_node_matches(const struct pl_node *a, const struct pl_node *b);
/* Whether `with` may take the place of `node`: all who depend on it would be content. Edges of
 * peers named in `ignore` (may be NULL) do not count. */
bool pl_node_can_be_replaced(struct pl_resolver *r, struct pl_node *node, struct pl_node *with,
                             const struct pl_name_map *ignore);
bool pl_node_can_dedupe(struct pl_resolver *r, struct pl_node *node, bool prefer, bool is_explicit);

#endif
