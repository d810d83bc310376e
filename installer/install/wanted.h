/* SPDX-License-Identifier: MIT */
#ifndef PL_WANTED_H
#define PL_WANTED_H

#include "base/map.h"
#include "installer/install/engines.h"
#include "installer/lockfile/lock.h"

/*
 * What of a lock is to stand in node_modules on this machine: the lock names all platforms and all
 * kinds of dependencies, this is the part that --omit and os/cpu/libc leave.
 */
enum pl_wanted_kind {
    PL_WANTED_LOCAL,   /* the root or a folder of the project: nothing to do */
    PL_WANTED_PACKAGE, /* from the store */
    PL_WANTED_LINK,    /* a symbolic link to a folder of the project */
    PL_WANTED_BUNDLED, /* comes with the package around it */
    PL_WANTED_SKIPPED
};

struct pl_wanted {
    const struct pl_lock_entry *entry;
    const char *path; /* the entry's, zero-terminated */
    enum pl_wanted_kind kind;
    size_t parent; /* the PACKAGE whose folder it lies in, or 0 (the root) */
    bool was_here; /* the hidden lockfile names this place (tree_state.h) */
    bool is_kept;  /* and it stands as it should */
    bool is_unfit; /* it must be here, but wants another version of node */
};

struct pl_wanted_tree {
    const struct pl_lock *lock;
    struct pl_wanted *items; /* as lock->entries */
    size_t n;
    struct pb_map by_path; /* path -> struct pl_wanted * */
};

struct pl_wanted_filter {
    bool omit_dev, omit_optional, omit_peer;
    bool with_extraneous;       /* npm installs what it has resolved so; `ci` leaves it out */
    bool force;                 /* a package for another platform is not an error */
    struct pl_engines *engines; /* NULL: "engines" are not looked at */
    bool engine_strict;         /* what wants another node is an error, else `is_unfit` */
};

/* A package that must be here but is for another platform is an error (UNSUPPORTED); an optional
 * one is skipped, also when it is for another node, with what only it needs. The lock must
 * outlive the tree. Release also after a failure. */
int pl_wanted_build(struct pb_arena *arena, const struct pl_lock *lock,
                    const struct pl_wanted_filter *filter, struct pl_wanted_tree *out,
                    struct pb_err *err) PB_MUST_CHECK;
void pl_wanted_release(struct pl_wanted_tree *tree);

struct pl_wanted *pl_wanted_find(const struct pl_wanted_tree *tree, struct pb_str path);
/* What `name` means in the folder of a place ("" for the root), as Node looks for it, or NULL;
 * with_skipped: as if what is skipped was there. */
struct pl_wanted *pl_wanted_resolve(const struct pl_wanted_tree *tree, struct pb_str from,
                                    struct pb_str name, bool with_skipped);
/* Skips a place and everything that lies in its folder. */
void pl_wanted_skip(struct pl_wanted_tree *tree, size_t index);

/* "node_modules/a" of "node_modules/a/node_modules/@s/b"; "" when directly below the root's. */
struct pb_str pl_path_owner(struct pb_str path);
/* "node_modules/a/node_modules" of the same. Empty for a folder of the project. */
struct pb_str pl_path_modules_dir(struct pb_str path);

#endif
