/* SPDX-License-Identifier: MIT */
/* The packages of a tree as a set: for comparing trees of different layouts. */
#include "harness/workspace/inventory.h"

#include "base/map.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether the part of a path between two node_modules is a package's folder and nothing below it,
 * or a hidden store of the manager's own. Some packages bring node_modules folders as test data. */
static bool is_package_part(struct pb_str part)
{
    ptrdiff_t slash = pb_str_find(part, '/');
    if (part.n && part.p[0] == '.') return true;
    if (part.n && part.p[0] == '@' && slash >= 0)
        slash = pb_str_find(pb_str_skip(part, (size_t)slash + 1), '/');
    return slash < 0;
}

/* Whether the package was placed by itself: not below one that bundles, nor below test data. */
static bool was_downloaded(const struct pb_map *bundlers, const char *path)
{
    static const char mark[] = "node_modules/";
    const char *at = strstr(path, mark);
    for (const char *next; at; at = next) {
        at += sizeof mark - 1;
        next = strstr(at, mark);
        if (!next) return true;
        struct pb_str part = pb_strn(at, (size_t)(next - at) - 1);
        if (!is_package_part(part)) return false;
        if (pb_map_has(bundlers, pb_strn(path, (size_t)(next - path) - 1))) return false;
    }
    return false;
}

static void note_bundlers(const struct pb_inventory *inventory, struct pb_map *out)
{
    for (size_t i = 0; i < inventory->package_count; i++)
        if (inventory->packages[i].bundles)
            pb_map_put(out, pb_str(inventory->packages[i].path), (void *)&inventory->packages[i]);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t without_repetitions(const char **items, size_t n)
{
    size_t kept = 0;
    if (n) qsort(items, n, sizeof *items, by_text);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(items[kept - 1], items[i]) != 0) items[kept++] = items[i];
    return kept;
}

static const char **identities(struct pb_arena *arena, const struct pb_inventory *inventory,
                               const struct pb_map *bundlers, size_t *n)
{
    const char **items = PB_ARENA_ARRAY(arena, const char *, inventory->package_count);
    *n = 0;
    for (size_t i = 0; i < inventory->package_count; i++) {
        const struct pb_package *p = &inventory->packages[i];
        if (bundlers && !was_downloaded(bundlers, p->path)) continue;
        items[(*n)++] = pb_arena_printf(arena, "%s@%s", p->name, p->version);
    }
    *n = without_repetitions(items, *n);
    return items;
}

const char *const *pb_inventory_set(struct pb_arena *arena, const struct pb_inventory *inventory,
                                    size_t *n)
{
    return identities(arena, inventory, NULL, n);
}

size_t pb_inventory_downloads(const struct pb_inventory *inventory)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_map bundlers = PB_MAP_INIT;
    size_t n;
    note_bundlers(inventory, &bundlers);
    identities(&arena, inventory, &bundlers, &n);
    pb_map_release(&bundlers);
    pb_arena_release(&arena);
    return n;
}
