/* SPDX-License-Identifier: MIT */
#ifndef PB_INVENTORY_H
#define PB_INVENTORY_H

#include "base/arena.h"
#include "base/err.h"

/*
 * What an install left in the node_modules folders of a project (its root's and those of its
 * workspaces): sizes, and the packages with their places. A package root is a folder directly below
 * a node_modules folder (or below a scope in it) whose package.json has a name and a version; in
 * isolated layouts these are the real folders (node_modules/.pnpm/x@1/node_modules/x), links to
 * them are counted as links. Where links leave the project for a virtual store (virtual_store.h),
 * the packages there that they lead to, also from one to the next, are the project's, though none
 * of its files; any other link that leaves counts as its package.
 */
struct pb_package {
    const char *path; /* from the project root, or "(linked)/..." */
    const char *name, *version;
    bool bundles; /* brings packages of its own in its tarball ("bundleDependencies") */
};

/* A lifecycle script that leaves this file in $INIT_CWD tells that scripts were run. The synthetic
 * fixture has one. */
#define PB_SCRIPT_MARK ".phasebench-script-ran"

struct pb_inventory {
    struct pb_arena arena;
    uint64_t bytes;                 /* as in disk_usage.h, each inode once */
    uint64_t files, dirs, symlinks; /* below node_modules */
    unsigned node_modules_count;    /* node_modules folders of root and workspaces */
    struct pb_package *packages;    /* sorted by path */
    size_t package_count;
    bool scripts_ran; /* there is a PB_SCRIPT_MARK in the project */
    char digest[65];  /* SHA-256 over the sorted (path, name, version), hex */
};

/* Release also after a failure. */
int pb_inventory_take(const char *project, struct pb_inventory *out,
                      struct pb_err *err) PB_MUST_CHECK;

/* How many tarballs a registry must have sent for this tree: its distinct name@version, without
 * what came inside of another package. */
size_t pb_inventory_downloads(const struct pb_inventory *inventory);
/* The distinct "name@version" of the tree, sorted; in the arena. */
const char *const *pb_inventory_set(struct pb_arena *arena, const struct pb_inventory *inventory,
                                    size_t *n);

void pb_inventory_release(struct pb_inventory *inventory);

#endif
