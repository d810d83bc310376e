/* SPDX-License-Identifier: MIT */
#ifndef PL_RESOLUTIONS_H
#define PL_RESOLUTIONS_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Yarn's patterns in the "resolutions" of a package.json (selective version resolutions):
 *   name                 wherever it is asked for; "**" + "/name" says the same
 *   parent/name          where a package `parent` itself asks for it
 *   parent/ ** /name     (without spaces) anywhere below a package `parent`
 * Names may have a scope and a range ("name@^1", "name@npm:^1"): only what asks for versions of it.
 */
enum { PL_RESOLUTION_PARTS_MAX = 16 };

struct pl_resolution_part {
    struct pb_str name, range; /* range: empty without one. Slices of the pattern */
    bool only_direct;          /* for the package before it alone, not what lies below */
};
struct pl_resolution {
    struct pl_resolution_part parts[PL_RESOLUTION_PARTS_MAX];
    size_t n;
};

/* False: not such a pattern (another glob, no name at the end, too many parts). */
bool pl_resolution_parse(struct pb_str pattern, struct pl_resolution *out);

/* "npm:^1.2" is a range in yarn's newer versions, where npm reads an alias. */
struct pb_str pl_resolution_spec(struct pb_str text);

#endif
