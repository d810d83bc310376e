/* SPDX-License-Identifier: MIT */
#ifndef PL_OVERRIDE_SET_H
#define PL_OVERRIDE_SET_H

#include "installer/resolve/model.h"

/* A rule and the rules that hold below it. Private to override_read.c, which makes them from
 * package.json, and overrides.c, which applies them. */
struct pl_override_set {
    const struct pl_override_set *parent;
    struct pl_override_set *children, *next;
    struct pl_name *name; /* NULL: the root set */
    struct pb_str key, key_spec, value;
    const struct pl_range *key_range, *value_range;
    bool only_direct;   /* for what the parent's package itself depends on, and no deeper */
    bool is_resolution; /* yarn's: may change the project's own dependencies */
};

#endif
