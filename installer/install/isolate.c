/* SPDX-License-Identifier: MIT */
#include "installer/install/isolate.h"

#include "base/mem.h"
#include "installer/lockfile/locale_cmp.h"
#include "installer/lockfile/lock_path.h"

#include <stdlib.h>

struct made {
    struct pl_lock_entry entry;
    size_t origin;
};

struct layout {
    struct pb_arena *arena;
    const struct pl_wanted_tree *tree;
    const struct pl_units *units;
    const struct pl_share *share;
    bool is_store; /* seen from the machine's virtual store, not from the project */
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

/* "<above>/<key>/node_modules" */
static const char *modules_of(struct layout *l, size_t unit)
{
    const char *key = l->units->items[unit].key;
    bool is_shared = l->share->is_shared && l->share->is_shared[unit];
    if (l->is_store) return pb_arena_printf(l->arena, "%s/node_modules", key);
    return pb_arena_printf(l->arena, "%s/%s/node_modules",
                           is_shared ? l->share->path : PL_VIRTUAL_STORE, key);
}

static const char *path_in(struct layout *l, const char *modules, struct pb_str name)
{
    return pb_arena_printf(l->arena, "%s/" PB_FMT, modules, PB_ARG(name));
}

static struct pb_str folder_of(struct layout *l, size_t unit)
{
    return pb_str(path_in(l, modules_of(l, unit), l->units->items[unit].place->entry->name));
}

/* A folder that a package brings lies where that package's unit has it. */
static struct pb_str target_of(struct layout *l, const struct pl_wanted *link)
{
    struct pb_str target = link->entry->resolved, package = pl_lock_path_package(target);
    const struct pl_wanted *owner = package.n > 0 ? pl_wanted_find(l->tree, package) : NULL;
    size_t unit = owner ? l->units->of_place[owner - l->tree->items] : PL_UNIT_NONE;
    if (unit == PL_UNIT_NONE) return target;
    return pb_str(pb_arena_printf(l->arena, PB_FMT PB_FMT, PB_ARG(folder_of(l, unit)),
                                  PB_ARG(pb_str_skip(target, package.n))));
}

/* A link at `path` to what a place stands for: the unit's folder, or the folder a link leads to. */
static void add_link(struct layout *l, const char *path, const struct pl_wanted *to, size_t origin)
{
    size_t unit = l->units->of_place[to - l->tree->items];
    bool is_link = to->kind == PL_WANTED_LINK;
    if (!is_link && unit == PL_UNIT_NONE) return;
    struct pl_lock_entry entry = {.path = pb_str(path), .link = true};
    entry.name = to->entry->name;
    entry.resolved = is_link ? target_of(l, to) : folder_of(l, unit);
    entry.optional = to->entry->optional;
    entry.dev = to->entry->dev;
    entry.manifest.bin = to->entry->manifest.bin;
    add(l, &entry, origin);
}

/* `modules`: its own node_modules folder. */
static void add_unit(struct layout *l, size_t index, const char *modules, size_t origin,
                     size_t link_origin)
{
    const struct pl_unit *u = &l->units->items[index];
    struct pl_lock_entry entry = *u->place->entry;
    entry.path = pb_str(path_in(l, modules, entry.name));
    add(l, &entry, origin);
    for (size_t i = 0; i < u->n_deps; i++) {
        /* Beside the package; another version of itself can only be inside. */
        bool is_namesake = pb_str_eq(u->deps[i].name, entry.name);
        const char *folder =
            is_namesake ? pb_arena_printf(l->arena, PB_FMT "/node_modules", PB_ARG(entry.path))
                        : modules;
        add_link(l, path_in(l, folder, u->deps[i].name), u->deps[i].to, link_origin);
    }
}

static void add_direct(struct layout *l, const struct pl_wanted *folder, const struct pl_deps *deps)
{
    struct pb_str path = folder->entry->path;
    for (size_t i = 0; i < deps->n; i++) {
        struct pb_str name = deps->items[i].name;
        const struct pl_wanted *to = pl_wanted_resolve(l->tree, path, name, false);
        if (!to) continue;
        add_link(l,
                 pb_arena_printf(l->arena, PB_FMT "%snode_modules/" PB_FMT, PB_ARG(path),
                                 path.n ? "/" : "", PB_ARG(name)),
                 to, 0);
    }
}

static void add_folder(struct layout *l, const struct pl_wanted *folder)
{
    const struct pl_manifest *m = &folder->entry->manifest;
    const struct pl_deps *const lists[] = {&m->dependencies, &m->dev_dependencies,
                                           &m->optional_dependencies, &m->peer_dependencies};
    if (pl_lock_path_package(folder->entry->path).n > 0) return; /* in a unit */
    add(l, folder->entry, (size_t)(folder - l->tree->items));
    if (pl_lock_path_is_outside(folder->entry->path)) return; /* not ours to write in */
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
        if (item->kind == PL_WANTED_LINK) add_link(l, item->path, item, 0);
        if (item->kind == PL_WANTED_PACKAGE && name.n > 0 && !l->share->is_shared)
            add_link(l, path_in(l, PL_VIRTUAL_STORE "/node_modules", name), item, 0);
    }
    for (size_t u = 0; u < l->units->n; u++)
        if (!l->share->is_shared || !l->share->is_shared[u])
            add_unit(l, u, modules_of(l, u), (size_t)(l->units->items[u].place - l->tree->items),
                     0);
}

static int by_path(const void *a, const void *b)
{
    return pl_locale_cmp(((const struct made *)a)->entry.path,
                         ((const struct made *)b)->entry.path);
}

static void finish(struct layout *l, struct pl_lock *out, size_t **origins)
{
    *out = *l->tree->lock;
    out->arena = PB_ARENA_INIT;
    out->n = l->n;
    out->entries = PB_ARENA_ARRAY(l->arena, struct pl_lock_entry, l->n);
    *origins = PB_ARENA_ARRAY(l->arena, size_t, l->n);
    for (size_t i = 0; i < l->n; i++) {
        out->entries[i] = l->items[i].entry;
        (*origins)[i] = l->items[i].origin;
    }
    free(l->items);
    pb_map_release(&l->paths);
}

void pl_isolate(struct pb_arena *arena, const struct pl_wanted_tree *tree,
                const struct pl_units *units, const struct pl_share *share, struct pl_lock *out,
                size_t **origins)
{
    struct layout l = {.arena = arena, .tree = tree, .units = units, .share = share};
    add_all(&l);
    if (l.n > 1) qsort(l.items, l.n, sizeof *l.items, by_path);
    finish(&l, out, origins);
}

/* Not sorted: a package comes before what is linked inside of it. */
void pl_isolate_shared(struct pb_arena *arena, const struct pl_wanted_tree *tree,
                       const struct pl_units *units, const struct pl_share *share, const bool *made,
                       struct pl_lock *out, size_t **unit_of)
{
    struct layout l = {.arena = arena, .tree = tree, .units = units, .share = share};
    l.is_store = true;
    add(&l, &tree->lock->entries[0], PL_UNIT_NONE);
    for (size_t u = 0; u < units->n; u++) {
        char staged[PL_STAGED_KEY_MAX];
        if (!made[u]) continue;
        pl_virtual_store_staged(share->store, units->items[u].key, staged);
        add_unit(&l, u, pb_arena_printf(arena, "%s/node_modules", staged), u, u);
    }
    finish(&l, out, unit_of);
}
