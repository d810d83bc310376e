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

struct pl_optional_graph {
    struct pl_wanted_tree *tree;
    struct edge *edges;
    size_t edge_count, edge_cap;
    uint8_t *mark; /* per place; see below */
};

enum { IN_SET = 1, IN_DEPS = 2 };

/* Looks for `name` in the node_modules folders from `from` upwards. */
static struct pl_wanted *resolve(struct pl_optional_graph *g, struct pb_str from,
                                 struct pb_str name, struct pb_buf *scratch)
{
    for (struct pb_str at = from;; at = pl_path_owner(at)) {
        pb_buf_clear(scratch);
        pb_buf_printf(scratch, PB_FMT "%snode_modules/" PB_FMT, PB_ARG(at), at.n ? "/" : "",
                      PB_ARG(name));
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

struct pl_optional_graph *pl_optional_graph_new(struct pl_wanted_tree *tree)
{
    struct pl_optional_graph *g = pb_calloc(1, sizeof *g);
    g->tree = tree;
    g->mark = pb_calloc(tree->n, 1);
    PB_AUTO_BUF struct pb_buf scratch = PB_BUF_INIT(MAX_PATH_BYTES);
    for (size_t i = 0; i < tree->n; i++) {
        const struct pl_lock_entry *e = tree->items[i].entry;
        const struct pl_manifest *m = &e->manifest;
        if (e->link) {
            add_edge(g, i, pl_wanted_find(tree, e->resolved), false);
            continue;
        }
        add_deps(g, i, &m->dependencies, false, NULL, &scratch);
        add_deps(g, i, &m->optional_dependencies, true, NULL, &scratch);
        add_deps(g, i, &m->peer_dependencies, false, &m->peer_optional, &scratch);
        if (tree->items[i].kind == PL_WANTED_LOCAL)
            add_deps(g, i, &m->dev_dependencies, false, NULL, &scratch);
    }
    return g;
}

void pl_optional_graph_free(struct pl_optional_graph *graph)
{
    if (!graph) return;
    free(graph->edges);
    free(graph->mark);
    free(graph);
}

/* Up from the place over edges that must hold, as far as the tree is optional. */
static void mark_set(struct pl_optional_graph *g)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < g->edge_count; i++) {
            const struct edge *e = &g->edges[i];
            if (e->optional || !(g->mark[e->to] & IN_SET) || (g->mark[e->from] & IN_SET)) continue;
            if (!g->tree->items[e->from].entry->optional) continue;
            g->mark[e->from] |= IN_SET | IN_DEPS;
            changed = true;
        }
    }
}

static void mark_dependencies(struct pl_optional_graph *g)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < g->edge_count; i++) {
            const struct edge *e = &g->edges[i];
            if (!(g->mark[e->from] & IN_DEPS) || g->mark[e->to]) continue;
            g->mark[e->to] |= IN_DEPS;
            changed = true;
        }
    }
}

/* What somebody outside needs stays; edges into the set itself do not count, nor does what another
 * set has taken out already. */
static void unmark_needed_elsewhere(struct pl_optional_graph *g)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < g->edge_count; i++) {
            const struct edge *e = &g->edges[i];
            if (g->mark[e->to] != IN_DEPS || (g->mark[e->from] & IN_DEPS)) continue;
            if (g->tree->items[e->from].kind == PL_WANTED_SKIPPED) continue;
            g->mark[e->to] = 0;
            changed = true;
        }
    }
}

void pl_optional_set_skip(struct pl_optional_graph *g, size_t index)
{
    if (!g->tree->items[index].entry->optional) return;
    memset(g->mark, 0, g->tree->n);
    g->mark[index] = IN_SET | IN_DEPS;
    mark_set(g);
    mark_dependencies(g);
    unmark_needed_elsewhere(g);
    for (size_t i = 1; i < g->tree->n; i++)
        if (g->mark[i] && g->tree->items[i].kind != PL_WANTED_LOCAL)
            g->tree->items[i].kind = PL_WANTED_SKIPPED;
}
