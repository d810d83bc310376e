/* SPDX-License-Identifier: MIT */
#ifndef PL_FOLDERS_H
#define PL_FOLDERS_H

#include "base/arena.h"
#include "base/err.h"

/* Where plumb keeps things: the option when given, else PLUMB_STORE (PLUMB_CACHE), else below
 * XDG_DATA_HOME (XDG_CACHE_HOME) or its default in HOME. NULL when there is no home either. */
const char *pl_store_folder(struct pb_arena *arena, const char *option, struct pb_err *err);
const char *pl_cache_folder(struct pb_arena *arena, const char *option, struct pb_err *err);

#endif
