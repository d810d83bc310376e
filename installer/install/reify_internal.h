/* SPDX-License-Identifier: MIT */
#ifndef PL_REIFY_INTERNAL_H
#define PL_REIFY_INTERNAL_H

#include "installer/install/install_internal.h"
#include "installer/install/layout.h"
#include "installer/install/optional_set.h"
#include "installer/install/tree_state.h"

/* One pass of the lock into node_modules: the virtual store's missing entries first (fill.c), then
 * the project's own places (reify.c), at last links, bins and scripts (reify_build.c). */
struct reify {
    struct install *in;
    struct pl_layout layout;
    struct pl_tree_state state;
    pl_pkg *pkgs;     /* per item of the layout's tree, 0: none */
    pl_place *places; /* the same, 0: kept or no package */
    uint64_t asked, answered;
    bool is_closed;     /* nothing more will be asked for */
    bool lost_optional; /* some optional place failed: prune once more */
    struct pl_optional_graph *graph;
    struct pl_package_scripts *scripts; /* NULL: none may run */
    struct fill *fill;                  /* while it runs */
    struct pb_err failure;
};

/* Carries out what the stages were asked for, until all is answered. */
int pl_reify_run_stages(struct reify *r, struct pb_err *err) PB_MUST_CHECK;
/* The lock's entry gets what abbreviated metadata does not tell, from the package at `folder`. */
void pl_reify_complete(struct reify *r, struct pl_lock_entry *entry, int dirfd, const char *folder);

/* npm leaves out an optional package that cannot be had, with its set; all else ends the install.
 */
void pl_reify_lose(struct reify *r, size_t index, const struct pb_err *err);

/* reify_build.c */
/* Takes out what is not wanted. */
int pl_reify_prune(struct reify *r, struct pb_err *err) PB_MUST_CHECK;
/* Links, bins and the packages' scripts, once all packages are in place. */
int pl_reify_build(struct reify *r, struct pb_err *err) PB_MUST_CHECK;
/* Scripts of what the project links to, and its own. */
int pl_reify_run_own_scripts(struct reify *r, struct pb_err *err) PB_MUST_CHECK;

/* fill.c: makes what the layout needs and the machine's virtual store lacks, and lays out again
 * without the optional packages that could not be had. */
int pl_fill_virtual_store(struct reify *r, struct pb_err *err) PB_MUST_CHECK;
#define PL_FILL_TOKEN (UINT64_C(1) << 40) /* and the unit, of answers to it */
void pl_fill_answer(struct reify *r, size_t unit, const struct pb_err *err);

#endif
