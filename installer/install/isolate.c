/* SPDX-License-Identifier: MIT */
#include "installer/install/isolate.h"

#include "base/mem.h"
#include "installer/lockfile/locale_cmp.h"

#include <stdlib.h>

struct made {
    struct pl_lock_entry entry;
    size_t origin;
};

struct layout {
    struct pb_arena *arena;
    const struct pl_wanted_tree *tree;
    struct pl_units units;
    struct made *items;
    size_t n, cap;
    struct pb_map paths; /* of what is there already */
};

static void add(struct layout *l, const struct pl_lock_entry *entry, size_t origin)
{
    if (pb_map_put(&l->paths, entry->path, l)) return;
    PB_GROW(l->items, l->cap, l->n + 1);
    l->items[l->n++] = (struct made){*entry, origin};
}

static struct pb_str folder_of(struct layout *l, size_t unit)
{
    const struct pl_unit *u = &l->units.items[unit];
    return pb_str(pb_arena_printf(l->arena, PL_VIRTUAL_STORE "/%s/node_modules/" PB_FMT, u->key,
                                  PB_ARG(u->place->entry->name)));
}

/* A link at `path` to what a place stands for: the unit's folder, or the folder a link leads to. */
static void add_link(struct layout *l, const char *path, const struct pl_wanted *to)
{
    size_t unit = l->units.of_place[to - l->tree->items];
    bool is_link = to->kind == PL_WANTED_LINK;
    if (!is_link && unit == PL_UNIT_NONE) return;
    struct pl_lock_entry entry = {.path = pb_str(path), .link = true};
    entry.name = to->entry->name;
    entry.resolved = is_link ? to->entry->resolved : folder_of(l, unit);
    entry.optional = to->entry->optional;
    entry.dev = to->entry->dev;
    add(l, &entry, 0);
}

static void add_unit(struct layout *l, size_t index)
{
    const struct pl_unit *u = &l->units.items[index];
    struct pl_lock_entry entry = *u->place->entry;
    struct pb_str folder = folder_of(l, index);
    entry.path = folder;
    add(l, &entry, (size_t)(u->place - l->tree->items));
    for (size_t i = 0; i < u->n_deps; i++) {
        /* Beside the package; another version of itself can only be inside. */
        bool is_namesake = pb_str_eq(u->deps[i].name, entry.name);
        const char *path =
            is_namesake ? pb_arena_printf(l->arena, PB_FMT "/node_modules/" PB_FMT, PB_ARG(folder),
                                          PB_ARG(u->deps[i].name))
                        : pb_arena_printf(l->arena, PL_VIRTUAL_STORE "/%s/node_modules/" PB_FMT,
                                          u->key, PB_ARG(u->deps[i].name));
        add_link(l, path, u->deps[i].to);
    }
}

static void add_direct(struct layout *l, const struct pl_wanted *folder, const struct pl_deps *deps)
{
    struct pb_str path = folder->entry->path;
    for (size_t i = 0; i < deps->n; i++) {
        struct pb_str name = deps->items[i].name;
        const struct pl_wanted *to = pl_resolve_wanted(l->tree, path, name);
        if (!to) continue;
        add_link(l,
                 pb_arena_printf(l->arena, PB_FMT "%snode_modules/" PB_FMT, PB_ARG(path),
                                 path.n ? "/" : "", PB_ARG(name)),
                 to);
    }
}

static void add_folder(struct layout *l, const struct pl_wanted *folder)
{
    const struct pl_manifest *m = &folder->entry->manifest;
    const struct pl_deps *const lists[] = {&m->dependencies, &m->dev_dependencies,
                                           &m->optional_dependencies, &m->peer_dependencies};
    add(l, folder->entry, (size_t)(folder - l->tree->items));
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        add_direct(l, folder, lists[k]);
}

/* "x" of "node_modules/x", whose packages all others can see in the hoisted layout. */
static struct pb_str name_on_top(struct pb_str path)
{
    bool is_on_top = pb_str_starts(path, "node_modules/") && pl_path_owner(path).n == 0;
    return is_on_top ? pb_str_skip(path, strlen("node_modules/")) : (struct pb_str){0};
}

static void add_all(struct layout *l)
{
    for (size_t i = 0; i < l->tree->n; i++) {
        const struct pl_wanted *item = &l->tree->items[i];
        struct pb_str name = name_on_top(item->entry->path);
        if (item->kind == PL_WANTED_LOCAL) add_folder(l, item);
        if (item->kind == PL_WANTED_LINK) add_link(l, item->path, item);
        if (item->kind == PL_WANTED_PACKAGE && name.n > 0)
            add_link(
                l,
                pb_arena_printf(l->arena, PL_VIRTUAL_STORE "/node_modules/" PB_FMT, PB_ARG(name)),
                item);
    }
    for (size_t u = 0; u < l->units.n; u++)
        add_unit(l, u);
}

static int by_path(const void *a, const void *b)
{
    return pl_locale_cmp(((const struct made *)a)->entry.path,
                         ((const struct made *)b)->entry.path);
}

void pl_isolate(struct pb_arena *arena, const struct pl_wanted_tree *tree, struct pl_lock *out,
                size_t **origins)
{
    struct layout l = {.arena = arena, .tree = tree};
    pl_units_find(arena, tree, &l.units);
    add_all(&l);
    qsort(l.items, l.n, sizeof *l.items, by_path);
    *out = *tree->lock;
    out->arena = PB_ARENA_INIT;
    out->n = l.n;
    out->entries = PB_ARENA_ARRAY(arena, struct pl_lock_entry, l.n);
    *origins = PB_ARENA_ARRAY(arena, size_t, l.n);
    for (size_t i = 0; i < l.n; i++) {
        out->entries[i] = l.items[i].entry;
        (*origins)[i] = l.items[i].origin;
    }
    free(l.items);
    pb_map_release(&l.paths);
}
