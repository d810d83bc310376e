/* SPDX-License-Identifier: MIT */
#include "installer/cli/words.h"

struct pl_strs pl_cli_words(struct pb_arena *arena, const char *const *items, size_t n)
{
    struct pl_strs out = {PB_ARENA_ARRAY(arena, struct pb_str, n + 1), n};
    for (size_t i = 0; i < n; i++)
        out.items[i] = pb_str(items[i]);
    return out;
}

struct pl_strs pl_cli_operands(struct pb_arena *arena, const struct pb_args *args)
{
    return pl_cli_words(arena, args->items, args->n);
}
