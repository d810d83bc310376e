/* SPDX-License-Identifier: MIT */
#ifndef PB_OWN_COUNTS_H
#define PB_OWN_COUNTS_H

#include "base/arena.h"
#include "base/str.h"

/* What a manager counted for itself: the last line of its output that begins with "{", if that is
 * a JSON object; else NULL. Lives in the arena. */
const char *pb_own_counts_find(struct pb_arena *arena, struct pb_str output);

#endif
