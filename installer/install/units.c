/* SPDX-License-Identifier: MIT */
#include "installer/install/unit_graph.h"

#include "base/digest.h"
#include "base/mem.h"

#include <stdlib.h>

enum { SHOWN_BYTES = 16, NAME_BYTES_SHOWN = 160 };

static void add_dep(struct pl_unit_graph *g, struct pl_unit_vertex *v, struct pb_str from,
                    struct pb_str name)
{
    const struct pl_wanted *to = pl_wanted_resolve(g->tree, from, name, false);
    if (!to || to == v->item || to->kind == PL_WANTED_BUNDLED) return;
    for (size_t i = 0; i < v->n_deps; i++)
        if (pb_str_eq(v->deps[i].name, name)) return;
    if (v->n_deps == v->cap_deps) {
        size_t cap = v->cap_deps ? 2 * v->cap_deps : 8;
        struct pl_unit_dep *grown = PB_ARENA_ARRAY(g->arena, struct pl_unit_dep, cap);
        if (v->n_deps > 0) memcpy(grown, v->deps, v->n_deps * sizeof *grown);
        v->deps = grown;
        v->cap_deps = cap;
    }
    v->deps[v->n_deps++] = (struct pl_unit_dep){name, PL_UNIT_NONE, to};
}

static void add_deps(struct pl_unit_graph *g, struct pl_unit_vertex *v,
                     const struct pl_wanted *from)
{
    const struct pl_manifest *m = &from->entry->manifest;
    const struct pl_deps *const lists[] = {&m->dependencies, &m->optional_dependencies,
                                           &m->peer_dependencies};
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        for (size_t i = 0; i < lists[k]->n; i++)
            add_dep(g, v, from->entry->path, lists[k]->items[i].name);
}

static int dep_by_name(const void *a, const void *b)
{
    return pb_str_cmp(((const struct pl_unit_dep *)a)->name, ((const struct pl_unit_dep *)b)->name);
}

/* What comes inside a package may need things from around it. */
static void find_edges(struct pl_unit_graph *g)
{
    for (size_t i = 1; i < g->tree->n; i++) {
        const struct pl_wanted *item = &g->tree->items[i];
        bool is_inside = item->kind == PL_WANTED_BUNDLED && item->parent > 0;
        if (item->kind == PL_WANTED_PACKAGE) add_deps(g, &g->vertices[i], item);
        if (is_inside) add_deps(g, &g->vertices[item->parent], item);
    }
    for (size_t i = 1; i < g->tree->n; i++) {
        struct pl_unit_vertex *v = &g->vertices[i];
        if (v->n_deps > 1) qsort(v->deps, v->n_deps, sizeof *v->deps, dep_by_name);
    }
}

/* A scope's slash becomes a plus; long names are cut, the hash tells them apart. */
static const char *key_of(struct pl_unit_graph *g, const struct pl_unit_vertex *v)
{
    char hex[2 * SHOWN_BYTES + 1];
    const struct pl_lock_entry *e = v->item->entry;
    pb_hex(v->hash.bytes, SHOWN_BYTES, hex);
    struct pb_str shown = pb_str(
        pb_arena_printf(g->arena, PB_FMT "@" PB_FMT, PB_ARG(e->name), PB_ARG(e->manifest.version)));
    if (shown.n > NAME_BYTES_SHOWN) shown.n = NAME_BYTES_SHOWN;
    char *key = pb_arena_printf(g->arena, PB_FMT "-%s", PB_ARG(shown), hex);
    for (char *p = key; *p; p++)
        if (*p == '/' || *p == '\\') *p = '+';
    return key;
}

static void make_units(struct pl_unit_graph *g, struct pl_units *out)
{
    struct pb_map by_key = PB_MAP_INIT;
    out->items = PB_ARENA_ARRAY(g->arena, struct pl_unit, g->tree->n);
    for (size_t i = 1; i < g->tree->n; i++) {
        struct pl_unit_vertex *v = &g->vertices[i];
        if (g->tree->items[i].kind != PL_WANTED_PACKAGE) continue;
        const char *key = key_of(g, v);
        struct pl_unit *unit = pb_map_get(&by_key, pb_str(key));
        if (!unit) {
            unit = &out->items[out->n++];
            *unit = (struct pl_unit){v->item, key, v->deps, v->n_deps};
            pb_map_put(&by_key, pb_str(key), unit);
        }
        out->of_place[i] = (size_t)(unit - out->items);
    }
    pb_map_release(&by_key);
    for (size_t u = 0; u < out->n; u++)
        for (size_t i = 0; i < out->items[u].n_deps; i++)
            out->items[u].deps[i].unit = out->of_place[pl_unit_index(g, out->items[u].deps[i].to)];
}

void pl_units_find(struct pb_arena *arena, const struct pl_wanted_tree *tree, struct pl_units *out)
{
    struct pl_unit_graph g = {.arena = arena, .tree = tree};
    PB_AUTO_FREE struct pl_unit_vertex *vertices = pb_calloc(tree->n + 1, sizeof *vertices);
    *out = (struct pl_units){.of_place = PB_ARENA_ARRAY(arena, size_t, tree->n + 1)};
    g.vertices = vertices;
    for (size_t i = 0; i < tree->n; i++) {
        vertices[i].item = &tree->items[i];
        out->of_place[i] = PL_UNIT_NONE;
    }
    find_edges(&g);
    pl_unit_graph_hash(&g);
    make_units(&g, out);
}
