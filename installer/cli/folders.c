/* SPDX-License-Identifier: MIT */
#include "installer/cli/folders.h"

#include <stdlib.h>

static const char *get_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && value[0] ? value : NULL;
}

/* The XDG rules count a relative XDG_* path as not set. */
static const char *get_absolute(const char *variable)
{
    const char *value = get_set(variable);
    return value && value[0] == '/' ? value : NULL;
}

const char *pl_store_folder(struct pb_arena *arena, const char *option, struct pb_err *err)
{
    const char *given = option ? option : get_set("PLUMB_STORE");
    const char *data = get_absolute("XDG_DATA_HOME");
    const char *home = get_set("HOME");
    if (given) return given;
    if (data) return pb_arena_printf(arena, "%s/plumb/store", data);
    if (home) return pb_arena_printf(arena, "%s/.local/share/plumb/store", home);
    pb_err_set(err, PB_E_USAGE, "choose the store: HOME is not set: use --store or PLUMB_STORE");
    return NULL;
}

const char *pl_cache_folder(struct pb_arena *arena, const char *option, struct pb_err *err)
{
    const char *given = option ? option : get_set("PLUMB_CACHE");
    const char *cache = get_absolute("XDG_CACHE_HOME");
    const char *home = get_set("HOME");
    if (given) return given;
    if (cache) return pb_arena_printf(arena, "%s/plumb", cache);
    if (home) return pb_arena_printf(arena, "%s/.cache/plumb", home);
    pb_err_set(err, PB_E_USAGE, "choose the cache: HOME is not set: use --cache or PLUMB_CACHE");
    return NULL;
}
