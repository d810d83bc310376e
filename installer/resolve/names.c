/* SPDX-License-Identifier: MIT */
#include "installer/resolve/names.h"

static bool has_upper(struct pb_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'Z') return true;
    return false;
}

static struct pl_name *fold(struct pl_names *names, struct pb_str text)
{
    char *lower = pb_arena_cstr(names->arena, text);
    for (size_t i = 0; i < text.n; i++)
        if (lower[i] >= 'A' && lower[i] <= 'Z') lower[i] = (char)(lower[i] + ('a' - 'A'));
    return pl_name_intern(names, pb_strn(lower, text.n));
}

struct pl_name *pl_name_intern(struct pl_names *names, struct pb_str text)
{
    struct pl_name *name = pb_map_get(&names->by_text, text);
    if (name) return name;
    name = PB_ARENA_NEW(names->arena, struct pl_name);
    name->text = pb_arena_str(names->arena, text);
    name->id = (uint32_t)names->by_text.n + 1;
    pb_map_put(&names->by_text, name->text, name);
    name->fold = has_upper(text) ? fold(names, text) : name;
    return name;
}

void pl_names_forget_tree(struct pl_names *names)
{
    PB_MAP_EACH (&names->by_text, entry) {
        struct pl_name *name = entry->value;
        name->first = name->last = NULL;
        name->edges = NULL;
    }
}

void pl_names_release(struct pl_names *names)
{
    pb_map_release(&names->by_text);
}
