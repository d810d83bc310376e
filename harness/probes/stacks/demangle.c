/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/demangle.h"

#include <stdlib.h>

#ifdef PB_LIBIBERTY
#include <libiberty/demangle.h>
#endif

enum { SYMBOL_MAX_BYTES = 2048, NAME_MAX_BYTES = 160 };

static char *demangle(const char *symbol)
{
#ifdef PB_LIBIBERTY
    bool may_be = symbol[0] == '_' && (symbol[1] == 'Z' || symbol[1] == 'R');
    if (may_be && strlen(symbol) <= SYMBOL_MAX_BYTES)
        return cplus_demangle(symbol, DMGL_AUTO | DMGL_ANSI);
#endif
    (void)symbol;
    return NULL;
}

/* Cut where no UTF-8 sequence is. */
static struct pb_str shorten(struct pb_str name)
{
    if (name.n <= NAME_MAX_BYTES) return name;
    name.n = NAME_MAX_BYTES;
    while (name.n > 0 && ((unsigned char)name.p[name.n] & 0xC0) == 0x80)
        name.n--;
    return name;
}

const char *pb_demangle(struct pb_arena *arena, const char *symbol)
{
    char *found = demangle(symbol);
    struct pb_str whole = pb_str(found ? found : symbol), name = shorten(whole);
    const char *out =
        pb_arena_printf(arena, PB_FMT "%s", PB_ARG(name), name.n < whole.n ? "..." : "");
    free(found);
    return out;
}
