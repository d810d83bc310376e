/* SPDX-License-Identifier: MIT */
#ifndef PB_DEMANGLE_H
#define PB_DEMANGLE_H

#include "base/arena.h"

/* The name as its language writes it, without arguments and cut to a readable length; the symbol
 * itself when it is not mangled, or in a build without libiberty. */
const char *pb_demangle(struct pb_arena *arena, const char *symbol);

#endif
