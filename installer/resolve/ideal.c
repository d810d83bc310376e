/* SPDX-License-Identifier: MIT */
#include "installer/resolve/ideal.h"

#include "base/mem.h"
#include "installer/lockfile/locale_cmp.h"
#include "installer/lockfile/lock_path.h"
#include "installer/resolve/edge.h"
#include "installer/resolve/load_peers.h"
#include "installer/resolve/overrides.h"
#include "installer/resolve/place.h"
#include "installer/resolve/queue.h"
#include "installer/resolve/speculate.h"
#include "installer/resolve/tree.h"

#include <stdlib.h>

static bool is_named(const struct pl_strs *names, const struct pl_name *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (pb_str_eq(names->items[i], name->text)) return true;
    return false;
}

static bool is_problem(struct pl_resolver *r, const struct pl_node *node, struct pl_edge *e,
                       bool keeps_bundle)
{
    if (keeps_bundle && is_named(&node->pkg->m->bundled, e->name)) return false;
    if (!e->to) return e->type != PL_PEER_OPTIONAL || e->is_explicit;
    if (e->to->failure || pl_node_in_shrinkwrap(e->to)) return false;
    if (!pl_edge_is_valid(r, e)) return true;
    if (pl_node_is_workspace(r, e->to)) return false;
    return e->is_explicit || is_named(&r->options.update, e->name);
}

/*
 * Dependencies can conflict in circles so that each placement calls for another one (npm never
 * ends then). Real trees take one or two steps a package.
 */
enum { STEPS_BASE = 5000, STEPS_PER_PACKAGE = 40, LOCATION_BYTES_MAX = 3800 };

static int check_bounds(struct pl_resolver *r, const struct pl_node *node)
{
    size_t packages = r->n_asked + (r->old ? r->old->n : 0);
    if (++r->steps < STEPS_BASE + STEPS_PER_PACKAGE * packages &&
        node->location.n < LOCATION_BYTES_MAX)
        return 0;
    return pb_err_set(&r->err, PB_E_LIMIT,
                      "cannot resolve dependencies: placing them does not come to an end: " PB_FMT
                      "@" PB_FMT " is looked at again and again: look for packages that depend on "
                      "each other in conflicting versions",
                      PB_ARG(node->name->text), PB_ARG(node->pkg->m->version));
}

struct task {
    struct pl_edge *edge;
    struct pl_node *dep;
};

static struct pl_edge **problem_edges(struct pl_resolver *r, struct pl_node *node, size_t *n)
{
    struct pl_edge **edges =
        PB_ARENA_ARRAY(&r->tree_arena, struct pl_edge *, node->edges_out.n + 1);
    bool keeps_bundle =
        node->pkg->m->bundled.n && !pl_node_is_project_root(node) && !pl_node_is_workspace(r, node);
    *n = 0;
    PL_EACH_OUT(node, e)
    {
        if (!e->peer_conflicted && is_problem(r, node, e, keeps_bundle)) edges[(*n)++] = e;
    }
    return edges;
}

static bool is_hoistable(struct pl_resolver *r, struct pl_node *node, struct pl_edge *e)
{
    return node->name == e->name && !pl_node_in_dep_bundle(r, node) &&
           pl_edge_satisfied_by(r, e, node);
}

/* An optional peer is content with a node that is there already: the first, breadth first. */
static struct pl_node *find_hoistable(struct pl_resolver *r, struct pl_node *top, struct pl_edge *e)
{
    bool any = false;
    for (struct pl_node *node = e->name->first; node && !any; node = node->next_same)
        any = node != top && is_hoistable(r, node, e);
    if (!any) return NULL;
    struct pl_node_list queue = {0};
    pl_node_list_add(&r->tree_arena, &queue, top);
    for (uint32_t at = 0; at < queue.n; at++) {
        struct pl_node *node = queue.items[at];
        if (at > 0 && is_hoistable(r, node, e)) return node;
        for (uint32_t i = 0; i < node->children.n; i++)
            pl_node_list_add(&r->tree_arena, &queue, node->children.slots[i].value);
    }
    return NULL;
}

static struct pl_node *load_dep(struct pl_resolver *r, struct pl_node *node, struct pl_edge *e)
{
    /* Only peers share a virtual root with others: for the rest its choices would bind too much. */
    struct pl_node *root = pl_virtual_root(r, node, true);
    struct pl_edge *twin = pl_node_edge(r, root, e->name);
    struct pl_node *dep = twin && twin->to && pl_edge_is_valid(r, twin) ? twin->to : NULL;
    if (dep && !pl_edge_satisfied_by(r, e, dep)) dep = NULL;
    if (!dep && e->type == PL_PEER_OPTIONAL && !e->is_explicit &&
        !is_named(&r->options.update, e->name)) {
        struct pl_node *above = pl_node_above(node);
        dep = find_hoistable(r, above ? above : node, e);
    }
    if (dep) return dep;
    r->required_stamp = pl_next_stamp(r);
    node->required_stamp = r->required_stamp;
    return pl_load_edge(r, e, pl_edge_is_peer(e) ? root : NULL, NULL);
}

/* Whoever is not content with what has just been placed is looked at (again). */
static void requeue_unhappy(struct pl_resolver *r, const struct pl_place *p)
{
    struct pl_node *placed = p->placed;
    for (uint32_t i = 0; i < placed->n_edges_in; i++) {
        struct pl_edge *e = placed->edges_in[i];
        if (e == p->edge || e->peer_conflicted || pl_edge_is_valid(r, e)) continue;
        e->from->is_seen = false;
        pl_queue_push(r, e->from);
    }
}

static void note_failure(struct pl_resolver *r, struct pl_node *node)
{
    PB_GROW(r->load_failures, r->load_failures_cap, r->n_load_failures + 1);
    r->load_failures[r->n_load_failures++] = node;
}

static void after_placing(struct pl_resolver *r, const struct pl_place *p)
{
    if (p->placed) {
        if (p->placed->failure) note_failure(r, p->placed);
        r->tree_changed = true;
        requeue_unhappy(r, p);
        pl_queue_push(r, p->placed);
        for (uint32_t i = 0; i < p->need_evaluation.n; i++) {
            p->need_evaluation.items[i]->is_seen = false;
            pl_queue_push(r, p->need_evaluation.items[i]);
        }
    }
    for (size_t i = 0; i < p->n_children; i++)
        after_placing(r, p->children[i]);
}

static int task_cmp(const void *a, const void *b)
{
    return pl_locale_cmp(((const struct task *)a)->edge->name->text,
                         ((const struct task *)b)->edge->name->text);
}

static void place_all(struct pl_resolver *r, struct task *tasks, size_t n)
{
    qsort(tasks, n, sizeof *tasks, task_cmp);
    for (size_t i = 0; i < n && !pb_err_is_set(&r->err); i++) {
        const struct pl_place *p =
            pl_place_dep(r, tasks[i].dep, tasks[i].edge, NULL, tasks[i].edge->is_explicit);
        after_placing(r, p);
    }
}

/* Links found on the way are followed when nothing else is left to do. */
static void note_links(struct pl_resolver *r, struct pl_node *node)
{
    PL_EACH_OUT(node, e)
    {
        if (e->to && e->to->is_link && e->to->target && !e->to->is_link_noted) {
            e->to->is_link_noted = true;
            PB_GROW(r->links, r->links_cap, r->n_links + 1);
            r->links[r->n_links++] = e->to;
        }
    }
}

static void build_node(struct pl_resolver *r, struct pl_node *node, struct pl_edge **edges,
                       size_t n)
{
    node->is_seen = true;
    struct task *tasks = PB_ARENA_ARRAY(&r->tree_arena, struct task, n);
    for (size_t i = 0; i < n; i++) {
        tasks[i] = (struct task){edges[i], load_dep(r, node, edges[i])};
        if (r->has_missed || pb_err_is_set(&r->err)) return;
    }
    if (n) place_all(r, tasks, n);
    note_links(r, node);
}

static void queue_link_targets(struct pl_resolver *r)
{
    for (size_t i = 0; i < r->n_links; i++) {
        struct pl_node *link = r->links[i];
        link->is_link_noted = false;
        if (!pl_node_is_live(r, link) || !pl_node_is_below(link->target, r->root)) continue;
        if (!pl_node_above(link->target) || link->target->is_seen) continue;
        if (link->overrides) pl_overrides_edge_entered(r, link->target, link->overrides);
        pl_queue_push(r, link->target);
    }
    r->n_links = 0;
}

static bool is_to_build(struct pl_resolver *r, const struct pl_node *node)
{
    return !node->is_seen && pl_node_is_live(r, node) && !node->is_link && !node->failure &&
           !node->pkg->m->has_shrinkwrap && !pl_lock_path_is_outside(node->location);
}

static enum pl_resolve_state build(struct pl_resolver *r)
{
    for (;;) {
        struct pl_node *node = pl_queue_first(r);
        if (!node) {
            queue_link_targets(r);
            node = pl_queue_first(r);
            if (!node) return PL_RESOLVE_DONE;
        }
        if (!is_to_build(r, node)) {
            pl_queue_take(r);
            continue;
        }
        size_t n = 0;
        struct pl_edge **edges = problem_edges(r, node, &n);
        if (!pl_speculate_ready(r, node, edges, n)) return PL_RESOLVE_WAITING;
        pl_queue_take(r);
        if (check_bounds(r, node)) return PL_RESOLVE_FAILED;
        build_node(r, node, edges, n);
        if (r->has_missed) return PL_RESOLVE_WAITING;
        if (pb_err_is_set(&r->err)) return PL_RESOLVE_FAILED;
    }
}

enum pl_resolve_state pl_ideal_run(struct pl_resolver *r)
{
    enum pl_resolve_state state = build(r);
    return state == PL_RESOLVE_DONE ? pl_ideal_finish(r) : state;
}
