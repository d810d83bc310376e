/* SPDX-License-Identifier: MIT */
#include "installer/install/unit_graph.h"

#include "base/digest.h"
#include "base/mem.h"

#include <stdlib.h>

static void add_text(struct pb_digest *d, struct pb_str text)
{
    uint64_t n = text.n;
    pb_digest_add(d, &n, sizeof n);
    if (text.n > 0) pb_digest_add(d, text.p, text.n);
}

static struct pl_unit_hash finish(struct pb_digest *d)
{
    struct pl_unit_hash hash;
    uint8_t out[PB_DIGEST_MAX];
    (void)pb_digest_finish(d, out);
    pb_digest_free(d);
    memcpy(hash.bytes, out, sizeof hash.bytes);
    return hash;
}

static struct pl_unit_hash hash_content(const struct pl_lock_entry *e)
{
    struct pb_digest *d = pb_digest_new(PB_SHA256);
    add_text(d, e->name);
    add_text(d, e->manifest.version);
    add_text(d, e->integrity.n > 0 ? e->integrity : e->resolved);
    return finish(d);
}

/* With the hashes of its dependencies as they are now; a link is what it leads to. */
static struct pl_unit_hash hash_with_deps(const struct pl_unit_graph *g,
                                          const struct pl_unit_vertex *v)
{
    struct pb_digest *d = pb_digest_new(PB_SHA256);
    pb_digest_add(d, v->hash.bytes, PL_UNIT_HASH_BYTES);
    for (size_t i = 0; i < v->n_deps; i++) {
        const struct pl_wanted *to = v->deps[i].to;
        add_text(d, v->deps[i].name);
        if (to->kind == PL_WANTED_LINK)
            add_text(d, to->entry->resolved);
        else
            pb_digest_add(d, g->vertices[pl_unit_index(g, to)].hash.bytes, PL_UNIT_HASH_BYTES);
    }
    return finish(d);
}

static void hash_once(struct pl_unit_graph *g, const size_t *members, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct pl_unit_vertex *v = &g->vertices[members[i]];
        v->next = hash_with_deps(g, v);
    }
    for (size_t i = 0; i < n; i++)
        g->vertices[members[i]].hash = g->vertices[members[i]].next;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct pl_unit_hash));
}

/* The members' hashes in order; returns how many differ. */
static size_t sort_hashes(const struct pl_unit_graph *g, const size_t *members, size_t n,
                          struct pl_unit_hash *out)
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
static void hash_circle(struct pl_unit_graph *g, const size_t *members, size_t n)
{
    PB_AUTO_FREE struct pl_unit_hash *sorted = pb_calloc(n, sizeof *sorted);
    size_t before, now = sort_hashes(g, members, n, sorted);
    do {
        before = now;
        hash_once(g, members, n);
        now = sort_hashes(g, members, n, sorted);
    } while (now > before);
    for (size_t i = 0; i < n; i++) {
        struct pl_unit_vertex *v = &g->vertices[members[i]];
        struct pb_digest *d = pb_digest_new(PB_SHA256);
        pb_digest_add(d, v->hash.bytes, PL_UNIT_HASH_BYTES);
        pb_digest_add(d, sorted, n * sizeof *sorted);
        v->hash = finish(d);
    }
}

struct frame {
    size_t vertex, next_dep;
};

static void open_vertex(struct pl_unit_graph *g, struct frame *stack, size_t *depth, size_t at)
{
    struct pl_unit_vertex *v = &g->vertices[at];
    v->index = v->low = ++g->counter;
    v->is_open = true;
    g->open[g->n_open++] = at;
    stack[(*depth)++] = (struct frame){at, 0};
}

static void close_vertex(struct pl_unit_graph *g, size_t at)
{
    struct pl_unit_vertex *v = &g->vertices[at];
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
static void hash_from(struct pl_unit_graph *g, struct frame *stack, size_t start)
{
    size_t depth = 0;
    open_vertex(g, stack, &depth, start);
    while (depth > 0) {
        struct frame *top = &stack[depth - 1];
        struct pl_unit_vertex *v = &g->vertices[top->vertex];
        if (top->next_dep < v->n_deps) {
            const struct pl_wanted *to = v->deps[top->next_dep++].to;
            struct pl_unit_vertex *w = &g->vertices[pl_unit_index(g, to)];
            if (to->kind != PL_WANTED_PACKAGE) continue;
            if (w->index == 0)
                open_vertex(g, stack, &depth, pl_unit_index(g, to));
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

void pl_unit_graph_hash(struct pl_unit_graph *g)
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
