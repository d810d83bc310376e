/* SPDX-License-Identifier: MIT */
#include "installer/install/units.h"

#include "base/digest.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

enum { HASH_BYTES = 32, SHOWN_BYTES = 16, NAME_BYTES_SHOWN = 160 };

struct hash {
    uint8_t bytes[HASH_BYTES];
};

/* A package's place in the graph. Tarjan's algorithm finds its strongly connected component. */
struct vertex {
    const struct pl_wanted *item;
    struct pl_unit_dep *deps;
    size_t n_deps, cap_deps;
    struct hash hash, next;
    uint32_t index, low; /* 0: not visited yet */
    bool is_open;
};

struct graph {
    struct pb_arena *arena;
    const struct pl_wanted_tree *tree;
    struct vertex *vertices; /* as the tree's items; only packages are used */
    size_t *open;            /* the stack of Tarjan's algorithm */
    size_t n_open;
    uint32_t counter;
};

/* --- edges --- */

static size_t index_of(const struct graph *g, const struct pl_wanted *item)
{
    return (size_t)(item - g->tree->items);
}

static void add_dep(struct graph *g, struct vertex *v, struct pb_str from, struct pb_str name)
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

static void add_deps(struct graph *g, struct vertex *v, const struct pl_wanted *from)
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
static void find_edges(struct graph *g)
{
    for (size_t i = 1; i < g->tree->n; i++) {
        const struct pl_wanted *item = &g->tree->items[i];
        bool is_inside = item->kind == PL_WANTED_BUNDLED && item->parent > 0;
        if (item->kind == PL_WANTED_PACKAGE) add_deps(g, &g->vertices[i], item);
        if (is_inside) add_deps(g, &g->vertices[item->parent], item);
    }
    for (size_t i = 1; i < g->tree->n; i++) {
        struct vertex *v = &g->vertices[i];
        if (v->n_deps > 1) qsort(v->deps, v->n_deps, sizeof *v->deps, dep_by_name);
    }
}

/* --- hashes --- */

static void add_text(struct pb_digest *d, struct pb_str text)
{
    uint64_t n = text.n;
    pb_digest_add(d, &n, sizeof n);
    if (text.n > 0) pb_digest_add(d, text.p, text.n);
}

static struct hash finish(struct pb_digest *d)
{
    struct hash hash;
    uint8_t out[PB_DIGEST_MAX];
    (void)pb_digest_finish(d, out);
    pb_digest_free(d);
    memcpy(hash.bytes, out, sizeof hash.bytes);
    return hash;
}

static struct hash hash_content(const struct pl_lock_entry *e)
{
    struct pb_digest *d = pb_digest_new(PB_SHA256);
    add_text(d, e->name);
    add_text(d, e->manifest.version);
    add_text(d, e->integrity.n > 0 ? e->integrity : e->resolved);
    return finish(d);
}

/* With the hashes of its dependencies as they are now; a link is what it leads to. */
static struct hash hash_with_deps(const struct graph *g, const struct vertex *v)
{
    struct pb_digest *d = pb_digest_new(PB_SHA256);
    pb_digest_add(d, v->hash.bytes, HASH_BYTES);
    for (size_t i = 0; i < v->n_deps; i++) {
        const struct pl_wanted *to = v->deps[i].to;
        add_text(d, v->deps[i].name);
        if (to->kind == PL_WANTED_LINK)
            add_text(d, to->entry->resolved);
        else
            pb_digest_add(d, g->vertices[index_of(g, to)].hash.bytes, HASH_BYTES);
    }
    return finish(d);
}

static void hash_once(struct graph *g, const size_t *members, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct vertex *v = &g->vertices[members[i]];
        v->next = hash_with_deps(g, v);
    }
    for (size_t i = 0; i < n; i++)
        g->vertices[members[i]].hash = g->vertices[members[i]].next;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct hash));
}

/* The members' hashes in order; returns how many differ. */
static size_t sort_hashes(const struct graph *g, const size_t *members, size_t n, struct hash *out)
{
    size_t distinct = 1;
    for (size_t i = 0; i < n; i++)
        out[i] = g->vertices[members[i]].hash;
    qsort(out, n, sizeof *out, by_bytes);
    for (size_t i = 1; i < n; i++)
        distinct += by_bytes(&out[i - 1], &out[i]) != 0;
    return distinct;
}

/*
 * Members of a circle are told apart by rounds until one tells no more of them apart (colour
 * refinement); that all of them were seen in the last round goes into each, so that circles that
 * differ anywhere differ everywhere. Only what lies in and below the circle counts: other projects
 * come to the same.
 */
static void hash_circle(struct graph *g, const size_t *members, size_t n)
{
    PB_AUTO_FREE struct hash *sorted = pb_calloc(n, sizeof *sorted);
    size_t before, now = sort_hashes(g, members, n, sorted);
    do {
        before = now;
        hash_once(g, members, n);
        now = sort_hashes(g, members, n, sorted);
    } while (now > before);
    for (size_t i = 0; i < n; i++) {
        struct vertex *v = &g->vertices[members[i]];
        struct pb_digest *d = pb_digest_new(PB_SHA256);
        pb_digest_add(d, v->hash.bytes, HASH_BYTES);
        pb_digest_add(d, sorted, n * sizeof *sorted);
        v->hash = finish(d);
    }
}

struct frame {
    size_t vertex, next_dep;
};

static void open_vertex(struct graph *g, struct frame *stack, size_t *depth, size_t at)
{
    struct vertex *v = &g->vertices[at];
    v->index = v->low = ++g->counter;
    v->is_open = true;
    g->open[g->n_open++] = at;
    stack[(*depth)++] = (struct frame){at, 0};
}

static void close_vertex(struct graph *g, size_t at)
{
    struct vertex *v = &g->vertices[at];
    if (v->low != v->index) return;
    size_t first = g->n_open;
    do {
        first--;
        g->vertices[g->open[first]].is_open = false;
    } while (g->open[first] != at);
    size_t n = g->n_open - first;
    (n > 1 ? hash_circle : hash_once)(g, g->open + first, n);
    g->n_open = first;
}

/* Dependencies first (Tarjan 1972), without recursion: graphs may be deep. */
static void hash_from(struct graph *g, struct frame *stack, size_t start)
{
    size_t depth = 0;
    open_vertex(g, stack, &depth, start);
    while (depth > 0) {
        struct frame *top = &stack[depth - 1];
        struct vertex *v = &g->vertices[top->vertex];
        if (top->next_dep < v->n_deps) {
            const struct pl_wanted *to = v->deps[top->next_dep++].to;
            struct vertex *w = &g->vertices[index_of(g, to)];
            if (to->kind != PL_WANTED_PACKAGE) continue;
            if (w->index == 0)
                open_vertex(g, stack, &depth, index_of(g, to));
            else if (w->is_open && w->index < v->low)
                v->low = w->index;
            continue;
        }
        depth--;
        close_vertex(g, top->vertex);
        if (depth > 0 && v->low < g->vertices[stack[depth - 1].vertex].low)
            g->vertices[stack[depth - 1].vertex].low = v->low;
    }
}

static void hash_all(struct graph *g)
{
    size_t n = g->tree->n;
    PB_AUTO_FREE struct frame *stack = pb_calloc(n + 1, sizeof *stack);
    PB_AUTO_FREE size_t *open = pb_calloc(n + 1, sizeof *open);
    g->open = open;
    for (size_t i = 1; i < n; i++)
        if (g->tree->items[i].kind == PL_WANTED_PACKAGE)
            g->vertices[i].hash = hash_content(g->tree->items[i].entry);
    for (size_t i = 1; i < n; i++)
        if (g->tree->items[i].kind == PL_WANTED_PACKAGE && g->vertices[i].index == 0)
            hash_from(g, stack, i);
}

/* --- units --- */

/* A scope's slash becomes a plus; long names are cut, the hash tells them apart. */
static const char *key_of(struct graph *g, const struct vertex *v)
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

static void make_units(struct graph *g, struct pl_units *out)
{
    struct pb_map by_key = PB_MAP_INIT;
    out->items = PB_ARENA_ARRAY(g->arena, struct pl_unit, g->tree->n);
    for (size_t i = 1; i < g->tree->n; i++) {
        struct vertex *v = &g->vertices[i];
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
            out->items[u].deps[i].unit = out->of_place[index_of(g, out->items[u].deps[i].to)];
}

void pl_units_find(struct pb_arena *arena, const struct pl_wanted_tree *tree, struct pl_units *out)
{
    struct graph g = {.arena = arena, .tree = tree};
    PB_AUTO_FREE struct vertex *vertices = pb_calloc(tree->n + 1, sizeof *vertices);
    *out = (struct pl_units){.of_place = PB_ARENA_ARRAY(arena, size_t, tree->n + 1)};
    g.vertices = vertices;
    for (size_t i = 0; i < tree->n; i++) {
        vertices[i].item = &tree->items[i];
        out->of_place[i] = PL_UNIT_NONE;
    }
    find_edges(&g);
    hash_all(&g);
    make_units(&g, out);
}
