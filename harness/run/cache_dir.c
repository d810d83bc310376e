/* SPDX-License-Identifier: MIT */
#include "harness/run/cache_dir.h"

#include "base/datadir.h"
#include "base/fs.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* A build tree is known by the data files lying beside a CMakeLists.txt. */
static const char *beside_sources(struct pb_arena *arena)
{
    PB_AUTO_FREE char *managers = pb_datadir("managers", NULL);
    char *slash = managers ? strrchr(managers, '/') : NULL;
    if (!slash) return NULL;
    *slash = '\0';
    if (!pb_exists(AT_FDCWD, pb_arena_printf(arena, "%s/CMakeLists.txt", managers))) return NULL;
    return pb_arena_printf(arena, "%s/.cache", managers);
}

static const char *of_the_user(struct pb_arena *arena)
{
    const char *xdg = variable("XDG_CACHE_HOME"), *home = variable("HOME");
    if (xdg) return pb_arena_printf(arena, "%s/phasebench", xdg);
    return home ? pb_arena_printf(arena, "%s/.cache/phasebench", home) : NULL;
}

const char *pb_cache_dir(struct pb_arena *arena, const char *given, struct pb_err *err)
{
    const char *dir = given ? given : variable("PHASEBENCH_CACHE");
    if (!dir) dir = beside_sources(arena);
    if (!dir) dir = of_the_user(arena);
    if (!dir) {
        pb_err_set(err, PB_E_USAGE, "find the cache folder: no HOME: use --cache DIR");
        return NULL;
    }
    if (pb_mkdir_p(AT_FDCWD, dir, err) != 0) return NULL;
    PB_AUTO_FREE char *real = pb_real_path(dir, err);
    return real ? pb_arena_cstr(arena, pb_str(real)) : NULL;
}
