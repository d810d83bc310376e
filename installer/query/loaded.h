/* SPDX-License-Identifier: MIT */
#ifndef PL_LOADED_H
#define PL_LOADED_H

#include "installer/install/workspaces.h"
#include "installer/lockfile/lock.h"
#include "installer/resolve/resolver.h"

struct pl_node;

/*
 * A project's tree for looking at: what stands in node_modules, or what the lock says, with the
 * dependencies between the packages.
 */
struct pl_loaded {
    struct pb_arena arena;
    int root_dirfd;
    const char *root_path; /* absolute */
    struct pl_manifest manifest;
    struct pl_workspaces workspaces, folders;
    struct pl_lock lock;
    struct pl_resolver *resolver; /* its root is the tree's */
};

struct pl_load_options {
    const char *dir;
    bool lock_only; /* the lock instead of node_modules */
};

/* Close it also after a failure. */
int pl_loaded_open(struct pl_loaded *out, const struct pl_load_options *options,
                   struct pb_err *err) PB_MUST_CHECK;
void pl_loaded_close(struct pl_loaded *loaded);

/* Text of a node, in the arena: "name@version", "alias@npm:name@version". */
struct pb_str pl_node_id(struct pl_loaded *loaded, const struct pl_node *node);
/* Which nodes the names or paths of `filters` (npm's --workspace) choose. NOT_FOUND: none. */
int pl_loaded_choose(struct pl_loaded *loaded, const struct pl_strs *filters, struct pl_strs *paths,
                     struct pb_err *err) PB_MUST_CHECK;
/* Whether a node is what "name", "name@range" or "name@version" means. */
bool pl_node_is_meant(struct pl_loaded *loaded, const struct pl_node *node, struct pb_str spec);

#endif
