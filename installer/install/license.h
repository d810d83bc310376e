/* SPDX-License-Identifier: MIT */
#ifndef PL_LICENSE_H
#define PL_LICENSE_H

#include "base/arena.h"
#include "base/str.h"

/*
 * The "license" member of <dirfd>/<folder>/package.json as JSON text, .p NULL when there is none or
 * the file cannot be read. npm's locks have it from full metadata; the abbreviated metadata that
 * plumb asks for leaves it out, but the package that was just placed has it.
 */
struct pb_str pl_license_read(struct pb_arena *arena, int dirfd, const char *folder);

#endif
