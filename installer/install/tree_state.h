/* SPDX-License-Identifier: MIT */
#ifndef PL_TREE_STATE_H
#define PL_TREE_STATE_H

#include "installer/install/wanted.h"

/*
 * What stands in node_modules, from npm's hidden lockfile. It is written at the very end of an
 * install and taken away before the first change, so that a tree that is only half there has none.
 * As npm does, a folder that is newer than the hidden lockfile is not trusted.
 */
#define PL_HIDDEN_LOCK "node_modules/.package-lock.json"

struct pl_tree_state {
    bool is_known;  /* there was a usable hidden lockfile; without one nothing is kept */
    bool is_clean;  /* no node_modules folder was touched since: nothing unknown lies in them */
    size_t missing; /* wanted places that do not stand as they should */
    size_t removed; /* places that the hidden lockfile names and that are not wanted any more */
};

/* Marks the items of `tree` that stand already as kept. node_modules not being a folder of its own
 * is an error (CONFLICT). */
int pl_tree_state_read(int root_dirfd, struct pl_wanted_tree *tree, struct pl_tree_state *out,
                       struct pb_err *err) PB_MUST_CHECK;
int pl_tree_state_forget(int root_dirfd, struct pb_err *err) PB_MUST_CHECK;
int pl_tree_state_write(int root_dirfd, const struct pl_wanted_tree *tree,
                        struct pb_err *err) PB_MUST_CHECK;

#endif
