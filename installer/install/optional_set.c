/* SPDX-License-Identifier: MIT */
#include "installer/install/optional_set.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>

#define MAX_PATH_BYTES 8192

struct edge {
    uint32_t from, to;
    bool optional;
};

/* A skip costs what its set and its dependencies have in edges: trees have hundreds of packages for
 * other platforms. */
struct pl_optional_graph {
    struct pl_wanted_tree *tree;
    struct edge *edges; /* by `from` */
    size_t edge_count, edge_cap;
    uint32_t *out_start; /* per place, and the end: its edges out in `edges` */
    uint32_t *in_start;  /* per place, and the end: its edges in in `in_edges` */
    uint32_t *in_edges;  /* numbers of edges, by `to` */
    uint8_t *mark;       /* per place; see below. All 0 between skips */
    uint32_t *touched;   /* places that are or were marked: a queue of each once */
    size_t touched_count;
};

enum { IN_SET = 1, IN_DEPS = 2, TOUCHED = 4 };

/* Looks for `name` in the node_modules folders from `from` upwards. */
static struct pl_wanted *resolve(struct pl_optional_graph *g, struct pb_str from,
                                 struct pb_str name, struct pb_buf *scratch)
{
    for (struct pb_str at = from;; at = pl_path_owner(at)) {
        pb_buf_clear(scratch);
        pb_buf_add_str(scratch, at);
        pb_buf_add_cstr(scratch, at.n ? "/node_modules/" : "node_modules/");
        pb_buf_add_str(scratch, name);
        struct pl_wanted *found = pl_wanted_find(g->tree, pb_buf_str(scratch));
        if (found) return found;
        if (at.n == 0) return NULL;
    }
}

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
                     bool are_optional, const struct pl_strs *optional_names,
                     struct pb_buf *scratch)
{
    const struct pl_lock_entry *e = g->tree->items[from].entry;
    for (size_t i = 0; i < deps->n; i++) {
        struct pb_str name = deps->items[i].name;
        bool optional = are_optional || (optional_names && has_name(optional_names, name));
        /* npm counts a name of both lists as optional. */
        if (!optional && has_dep(&e->manifest.optional_dependencies, name)) continue;
        add_edge(g, from, resolve(g, e->path, name, scratch), optional);
    }
}

static void add_edges_of(struct pl_optional_graph *g, size_t i, struct pb_buf *scratch)
{
    const struct pl_lock_entry *e = g->tree->items[i].entry;
    const struct pl_manifest *m = &e->manifest;
    if (e->link) {
        add_edge(g, i, pl_wanted_find(g->tree, e->resolved), false);
        return;
    }
    add_deps(g, i, &m->dependencies, false, NULL, scratch);
    add_deps(g, i, &m->optional_dependencies, true, NULL, scratch);
    add_deps(g, i, &m->peer_dependencies, false, &m->peer_optional, scratch);
    if (g->tree->items[i].kind == PL_WANTED_LOCAL)
        add_deps(g, i, &m->dev_dependencies, false, NULL, scratch);
}

/* Counting sort by `to`. */
static void index_edges_in(struct pl_optional_graph *g)
{
    size_t n = g->tree->n;
    g->in_start = pb_calloc(n + 2, sizeof *g->in_start);
    g->in_edges = pb_calloc(g->edge_count + 1, sizeof *g->in_edges);
    uint32_t *next = g->in_start + 1; /* while filling: where the next edge of a place goes */
    for (size_t i = 0; i < g->edge_count; i++)
        next[g->edges[i].to + 1]++;
    for (size_t i = 0; i < n; i++)
        next[i + 1] += next[i];
    for (size_t i = 0; i < g->edge_count; i++)
        g->in_edges[next[g->edges[i].to]++] = (uint32_t)i;
}

struct pl_optional_graph *pl_optional_graph_new(struct pl_wanted_tree *tree)
{
    struct pl_optional_graph *g = pb_calloc(1, sizeof *g);
    PB_AUTO_BUF struct pb_buf scratch = PB_BUF_INIT(MAX_PATH_BYTES);
    g->tree = tree;
    g->mark = pb_calloc(tree->n + 1, 1);
    g->touched = pb_calloc(tree->n + 1, sizeof *g->touched);
    g->out_start = pb_calloc(tree->n + 1, sizeof *g->out_start);
    for (size_t i = 0; i < tree->n; i++) {
        add_edges_of(g, i, &scratch);
        g->out_start[i + 1] = (uint32_t)g->edge_count;
    }
    index_edges_in(g);
    return g;
}

void pl_optional_graph_free(struct pl_optional_graph *graph)
{
    if (!graph) return;
    free(graph->edges);
    free(graph->out_start);
    free(graph->in_start);
    free(graph->in_edges);
    free(graph->mark);
    free(graph->touched);
    free(graph);
}

static void mark(struct pl_optional_graph *g, uint32_t place, unsigned bits)
{
    if (!(g->mark[place] & TOUCHED)) g->touched[g->touched_count++] = place;
    g->mark[place] |= (uint8_t)(bits | TOUCHED);
}

/* Up from the place over edges that must hold, as far as the tree is optional. */
static void mark_set(struct pl_optional_graph *g)
{
    for (size_t at = 0; at < g->touched_count; at++) {
        uint32_t place = g->touched[at];
        for (uint32_t i = g->in_start[place]; i < g->in_start[place + 1]; i++) {
            const struct edge *e = &g->edges[g->in_edges[i]];
            if (e->optional || (g->mark[e->from] & IN_SET)) continue;
            if (g->tree->items[e->from].entry->optional) mark(g, e->from, IN_SET | IN_DEPS);
        }
    }
}

static void mark_dependencies(struct pl_optional_graph *g)
{
    for (size_t at = 0; at < g->touched_count; at++) {
        uint32_t place = g->touched[at];
        for (uint32_t i = g->out_start[place]; i < g->out_start[place + 1]; i++)
            if (!g->mark[g->edges[i].to]) mark(g, g->edges[i].to, IN_DEPS);
    }
}

static bool is_needed_elsewhere(const struct pl_optional_graph *g, uint32_t place)
{
    for (uint32_t i = g->in_start[place]; i < g->in_start[place + 1]; i++) {
        uint32_t from = g->edges[g->in_edges[i]].from;
        if (!(g->mark[from] & IN_DEPS) && g->tree->items[from].kind != PL_WANTED_SKIPPED)
            return true;
    }
    return false;
}

/* What somebody outside needs stays, with what it needs itself; edges into the set do not count,
 * nor does what another set has taken out already. */
static void keep(struct pl_optional_graph *g, uint32_t place)
{
    PB_AUTO_FREE uint32_t *stack = NULL;
    size_t cap = 0, n = 0;
    PB_GROW(stack, cap, 1);
    stack[n++] = place;
    g->mark[place] = TOUCHED;
    while (n > 0) {
        uint32_t from = stack[--n];
        for (uint32_t i = g->out_start[from]; i < g->out_start[from + 1]; i++) {
            uint32_t to = g->edges[i].to;
            if (g->mark[to] != (IN_DEPS | TOUCHED)) continue;
            g->mark[to] = TOUCHED;
            PB_GROW(stack, cap, n + 1);
            stack[n++] = to;
        }
    }
}

static void unmark_needed_elsewhere(struct pl_optional_graph *g)
{
    for (size_t at = 0; at < g->touched_count; at++) {
        uint32_t place = g->touched[at];
        if (g->mark[place] == (IN_DEPS | TOUCHED) && is_needed_elsewhere(g, place)) keep(g, place);
    }
}

void pl_optional_set_skip(struct pl_optional_graph *g, size_t index)
{
    struct pl_wanted *items = g->tree->items;
    if (!items[index].entry->optional) return;
    g->touched_count = 0;
    mark(g, (uint32_t)index, IN_SET | IN_DEPS);
    mark_set(g);
    mark_dependencies(g);
    unmark_needed_elsewhere(g);
    for (size_t at = 0; at < g->touched_count; at++) {
        uint32_t place = g->touched[at];
        bool goes = (g->mark[place] & IN_DEPS) != 0;
        g->mark[place] = 0;
        if (goes && place > 0 && items[place].kind != PL_WANTED_LOCAL)
            items[place].kind = PL_WANTED_SKIPPED;
    }
}
