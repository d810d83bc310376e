/* SPDX-License-Identifier: MIT */
#ifndef PL_UNITS_H
#define PL_UNITS_H

#include "installer/install/wanted.h"

/*
 * What a lock installs, seen without places: a unit is a package together with what each of its
 * dependencies (peers included) resolves to, all the way down. Places that are alike in all of that
 * are one unit. Its key, "<name>@<version>-<hash>", says the same on every machine: the hash covers
 * the content and the whole graph below, so a virtual store can be shared by its keys.
 */
#define PL_UNIT_NONE SIZE_MAX

struct pl_unit_dep {
    struct pb_str name;         /* as it is asked for */
    size_t unit;                /* or PL_UNIT_NONE: */
    const struct pl_wanted *to; /* what it resolves to: a package's place, or a link */
};

struct pl_unit {
    const struct pl_wanted *place; /* the first of its places */
    const char *key;               /* a file name */
    struct pl_unit_dep *deps;      /* by name */
    size_t n_deps;
};

struct pl_units {
    struct pl_unit *items;
    size_t n;
    size_t *of_place; /* per item of the tree; PL_UNIT_NONE: not a package that is placed */
};

/* All memory is the arena's; the tree must outlive it. Every package's place must have its name as
 * the last part of its path or be an alias. */
void pl_units_find(struct pb_arena *arena, const struct pl_wanted_tree *tree, struct pl_units *out);

#endif
