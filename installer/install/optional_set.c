/* SPDX-License-Identifier: MIT */
#include "installer/install/optional_set.h"

#include "base/mem.h"

#include <stdlib.h>

struct edge {
    uint32_t from, to;
    bool optional;
};

struct pl_optional_graph {
    struct pl_wanted_tree *tree;
    struct edge *edges; /* by `from` */
    size_t edge_count, edge_cap;
    size_t *out; /* out[i]..out[i + 1]: the edges from place i */
    size_t *in;  /* in[i]..in[i + 1]: where `incoming` lists the edges to place i */
    size_t *incoming;
    uint8_t *mark;       /* per place; see below */
    size_t *todo, *seen; /* a stack; what was ever marked by this call */
    size_t todo_count, seen_count;
};

enum { IN_SET = 1, IN_DEPS = 2, WAS_SEEN = 4 };

static void add_edge(struct pl_optional_graph *g, size_t from, const struct pl_wanted *to,
                     bool optional)
{
    if (!to) return;
    PB_GROW(g->edges, g->edge_cap, g->edge_count + 1);
    g->edges[g->edge_count++] = (struct edge){
        .from = (uint32_t)from, .to = (uint32_t)(to - g->tree->items), .optional = optional};
}

static bool has_name(const struct pl_strs *names, struct pb_str name)
{
    for (size_t i = 0; i < names->n; i++)
        if (pb_str_eq(names->items[i], name)) return true;
    return false;
}

static bool has_dep(const struct pl_deps *deps, struct pb_str name)
{
    for (size_t i = 0; i < deps->n; i++)
        if (pb_str_eq(deps->items[i].name, name)) return true;
    return false;
}

static void add_deps(struct pl_optional_graph *g, size_t from, const struct pl_deps *deps,
                     bool are_optional, const struct pl_strs *optional_names)
{
    const struct pl_lock_entry *e = g->tree->items[from].entry;
    for (size_t i = 0; i < deps->n; i++) {
        struct pb_str name = deps->items[i].name;
        bool optional = are_optional || (optional_names && has_name(optional_names, name));
        /* npm counts a name of both lists as optional. */
        if (!optional && has_dep(&e->manifest.optional_dependencies, name)) continue;
        add_edge(g, from, pl_wanted_resolve(g->tree, e->path, name, true), optional);
    }
}

static void add_edges(struct pl_optional_graph *g, size_t i)
{
    const struct pl_lock_entry *e = g->tree->items[i].entry;
    const struct pl_manifest *m = &e->manifest;
    if (e->link) {
        add_edge(g, i, pl_wanted_find(g->tree, e->resolved), false);
        return;
    }
    add_deps(g, i, &m->dependencies, false, NULL);
    add_deps(g, i, &m->optional_dependencies, true, NULL);
    add_deps(g, i, &m->peer_dependencies, false, &m->peer_optional);
    if (g->tree->items[i].kind == PL_WANTED_LOCAL)
        add_deps(g, i, &m->dev_dependencies, false, NULL);
}

/* A counting sort of the edges by where they lead. */
static void list_incoming(struct pl_optional_graph *g)
{
    size_t n = g->tree->n;
    g->in = pb_calloc(n + 2, sizeof *g->in);
    g->incoming = pb_calloc(g->edge_count + 1, sizeof *g->incoming);
    for (size_t i = 0; i < g->edge_count; i++)
        g->in[g->edges[i].to + 2]++;
    for (size_t i = 1; i < n + 2; i++)
        g->in[i] += g->in[i - 1];
    for (size_t i = 0; i < g->edge_count; i++)
        g->incoming[g->in[g->edges[i].to + 1]++] = i;
}

struct pl_optional_graph *pl_optional_graph_new(struct pl_wanted_tree *tree)
{
    struct pl_optional_graph *g = pb_calloc(1, sizeof *g);
    g->tree = tree;
    g->mark = pb_calloc(tree->n, 1);
    g->seen = pb_calloc(tree->n + 1, sizeof *g->seen);
    g->out = pb_calloc(tree->n + 1, sizeof *g->out);
    for (size_t i = 0; i < tree->n; i++) {
        add_edges(g, i);
        g->out[i + 1] = g->edge_count;
    }
    list_incoming(g);
    g->todo = pb_calloc(tree->n + g->edge_count + 1, sizeof *g->todo); /* one push per edge */
    return g;
}

void pl_optional_graph_free(struct pl_optional_graph *graph)
{
    if (!graph) return;
    free(graph->edges);
    free(graph->out);
    free(graph->in);
    free(graph->incoming);
    free(graph->mark);
    free(graph->todo);
    free(graph->seen);
    free(graph);
}

static void mark(struct pl_optional_graph *g, size_t place, uint8_t marks)
{
    if (!(g->mark[place] & WAS_SEEN)) g->seen[g->seen_count++] = place;
    g->mark[place] |= marks | WAS_SEEN;
    g->todo[g->todo_count++] = place;
}

/* Up from the place over edges that must hold, as far as the tree is optional. */
static void mark_set(struct pl_optional_graph *g)
{
    while (g->todo_count > 0) {
        size_t to = g->todo[--g->todo_count];
        for (size_t i = g->in[to]; i < g->in[to + 1]; i++) {
            const struct edge *e = &g->edges[g->incoming[i]];
            if (e->optional || (g->mark[e->from] & IN_SET)) continue;
            if (g->tree->items[e->from].entry->optional) mark(g, e->from, IN_SET | IN_DEPS);
        }
    }
}

static void mark_dependencies(struct pl_optional_graph *g)
{
    for (size_t i = 0; i < g->seen_count; i++)
        g->todo[g->todo_count++] = g->seen[i];
    while (g->todo_count > 0) {
        size_t from = g->todo[--g->todo_count];
        for (size_t i = g->out[from]; i < g->out[from + 1]; i++)
            if (!g->mark[g->edges[i].to]) mark(g, g->edges[i].to, IN_DEPS);
    }
}

static bool is_needed_elsewhere(const struct pl_optional_graph *g, size_t to)
{
    for (size_t i = g->in[to]; i < g->in[to + 1]; i++) {
        uint32_t from = g->edges[g->incoming[i]].from;
        if (!(g->mark[from] & IN_DEPS) && g->tree->items[from].kind != PL_WANTED_SKIPPED)
            return true;
    }
    return false;
}

/* What somebody outside needs stays, with its own dependencies; edges into the set itself do not
 * count, nor does what another set has taken out already. */
static void unmark_needed_elsewhere(struct pl_optional_graph *g)
{
    for (size_t i = 0; i < g->seen_count; i++)
        g->todo[g->todo_count++] = g->seen[i];
    while (g->todo_count > 0) {
        size_t place = g->todo[--g->todo_count];
        bool is_only_dep = (g->mark[place] & (IN_SET | IN_DEPS)) == IN_DEPS;
        if (!is_only_dep || !is_needed_elsewhere(g, place)) continue;
        g->mark[place] = WAS_SEEN;
        for (size_t i = g->out[place]; i < g->out[place + 1]; i++) {
            uint32_t to = g->edges[i].to;
            if ((g->mark[to] & (IN_SET | IN_DEPS)) == IN_DEPS) g->todo[g->todo_count++] = to;
        }
    }
}

void pl_optional_set_skip(struct pl_optional_graph *g, size_t index)
{
    if (!g->tree->items[index].entry->optional) return;
    mark(g, index, IN_SET | IN_DEPS);
    mark_set(g);
    mark_dependencies(g);
    unmark_needed_elsewhere(g);
    for (size_t i = 0; i < g->seen_count; i++) {
        struct pl_wanted *item = &g->tree->items[g->seen[i]];
        bool is_lost = g->mark[g->seen[i]] & (IN_SET | IN_DEPS);
        if (is_lost && item->kind != PL_WANTED_LOCAL) item->kind = PL_WANTED_SKIPPED;
        g->mark[g->seen[i]] = 0;
    }
    g->seen_count = 0;
}
