/* SPDX-License-Identifier: MIT */
#include "installer/resolve/speculate.h"

#include "base/mem.h"
#include "installer/resolve/edge.h"
#include "installer/resolve/overrides.h"
#include <stdlib.h>

void pl_speculate_ask(struct pl_resolver *r, struct pl_source *source)
{
    if (source->is_asked) return;
    source->is_asked = true;
    PB_GROW(r->asked, r->asked_cap, r->n_asked + 1);
    r->asked[r->n_asked++] = source;
}

/* A locked node or a workspace will do: nothing to ask for. */
static bool is_at_hand(struct pl_resolver *r, const struct pl_want *want)
{
    for (const struct pl_node *node = want->name->first; node; node = node->next_same)
        if (node->is_locked && pl_dep_valid(r, node, want, r->root)) return true;
    for (const struct pl_folder *f = r->folders; f; f = f->next) {
        if (!f->is_workspace || f->pkg->name != want->name) continue;
        if (want->any) return true;
        if (want->range && f->pkg->has_version && pl_range_test(want->range, &f->pkg->version))
            return true;
    }
    return false;
}

static void expand(struct pl_resolver *r, struct pl_package *pkg, enum pl_reach reach)
{
    if (reach <= pkg->reach) return;
    bool is_new = pkg->reach != PL_REACH_ALL && reach == PL_REACH_ALL;
    pkg->reach = reach;
    PB_GROW(r->todo, r->todo_cap, r->n_todo + 1);
    r->todo[r->n_todo++] = pkg;
    if (!is_new || pkg->is_direct || !pl_platform_matches(pkg->m)) return;
    PB_GROW(r->picks, r->picks_cap, r->n_picks + 1);
    r->picks[r->n_picks++] = pkg->m;
}

static void reach_want(struct pl_resolver *r, struct pl_want *want, enum pl_reach reach)
{
    if (reach <= want->reach) return;
    struct pl_want *forced = pl_overrides_guess(r, want);
    if (forced && forced != want) {
        want->reach = reach;
        want = forced;
        if (reach <= want->reach) return;
    }
    if (!want->source || is_at_hand(r, want)) return;
    bool is_waiting = want->reach != PL_REACH_NONE;
    want->reach = reach;
    struct pl_source *source = want->source;
    if (source->is_fed) {
        struct pl_package *pkg = (struct pl_package *)pl_want_pick(r, want);
        if (pkg) expand(r, pkg, reach);
        return;
    }
    pl_speculate_ask(r, source);
    if (is_waiting) return;
    want->next_waiting = source->waiting;
    source->waiting = want;
}

static bool is_bundled(const struct pl_package *pkg, const struct pl_name *name)
{
    const struct pl_strs *list = &pkg->m->bundled;
    for (size_t i = 0; i < list->n; i++)
        if (pb_str_eq(list->items[i], name->text)) return true;
    return false;
}

/* Peers take part in conflicts, so npm reads their metadata; what a peer depends on matters only
 * once it is placed itself. One that the project names is mostly what the project says it is. */
static enum pl_reach reach_of(struct pl_resolver *r, const struct pl_package_dep *dep,
                              enum pl_reach of_package)
{
    if (dep->type != PL_PEER && dep->type != PL_PEER_OPTIONAL)
        return of_package == PL_REACH_ALL ? PL_REACH_ALL : PL_REACH_NONE;
    bool is_named = pl_name_map_get(&r->root_package->top_index, dep->name) != NULL;
    return is_named ? PL_REACH_NONE : PL_REACH_PEERS;
}

static void drain(struct pl_resolver *r)
{
    for (size_t at = 0; at < r->n_todo; at++) {
        const struct pl_package *pkg = r->todo[at];
        for (size_t i = 0; i < pkg->n_deps; i++) {
            const struct pl_package_dep *dep = &pkg->deps[i];
            enum pl_reach reach = reach_of(r, dep, pkg->reach);
            if (reach == PL_REACH_NONE || (pkg->m->bundled.n && is_bundled(pkg, dep->name)))
                continue;
            reach_want(r, dep->want, reach);
        }
    }
    r->n_todo = 0;
}

void pl_speculate(struct pl_resolver *r, struct pl_want *want, enum pl_reach reach)
{
    reach_want(r, want, reach);
    drain(r);
}

void pl_speculate_package(struct pl_resolver *r, struct pl_package *pkg)
{
    pl_package_load_top(r, pkg);
    for (size_t i = 0; i < pkg->n_top_deps; i++)
        reach_want(r, pkg->top_deps[i].want,
                   pkg->top_deps[i].type == PL_PEER_OPTIONAL ? PL_REACH_PEERS : PL_REACH_ALL);
    drain(r);
}

void pl_speculate_fed(struct pl_resolver *r, struct pl_source *source)
{
    struct pl_want *waiting = source->waiting, *next;
    source->waiting = NULL;
    for (; waiting; waiting = next) {
        next = waiting->next_waiting;
        struct pl_package *pkg = (struct pl_package *)pl_want_pick(r, waiting);
        if (pkg) expand(r, pkg, waiting->reach);
    }
    drain(r);
}

struct closure {
    struct pl_node *node; /* whose edges are being loaded */
    struct pl_want **items;
    size_t n, cap;
    uint32_t stamp;
    bool is_complete;
};

static void close_over(struct closure *c, struct pl_want *want)
{
    if (want->stamp == c->stamp) return;
    want->stamp = c->stamp;
    PB_GROW(c->items, c->cap, c->n + 1);
    c->items[c->n++] = want;
}

/* The want's pick; NULL while its packument is not here, which is asked for. */
static const struct pl_package *pick_now(struct pl_resolver *r, struct closure *c,
                                         struct pl_want *want)
{
    if (!want->source || want->source->is_fed) return pl_want_pick(r, want);
    pl_speculate_ask(r, want->source);
    c->is_complete = false;
    return NULL;
}

static bool suits(const struct pl_package *picked, const struct pl_want *want)
{
    if (!picked) return false;
    return want->any ||
           (want->range && picked->has_version && pl_range_test(want->range, &picked->version));
}

/* The node's own spec for a peer's name is tried before the peer's, which may then not matter. */
static void close_over_peer(struct pl_resolver *r, struct closure *c, struct pl_want *peer)
{
    struct pl_want *forced = pl_overrides_guess(r, peer);
    if (forced) peer = forced;
    struct pl_edge *own = pl_name_map_get(&c->node->edges_out, peer->name);
    struct pl_want *first = own ? pl_edge_want(r, own) : NULL;
    if (first) close_over(c, first);
    bool is_open = first && first->source && !first->source->is_fed;
    if (!is_open && !(first && suits(pl_want_pick(r, first), peer))) close_over(c, peer);
}

/* Follows peers of the items; the list grows meanwhile. */
static void follow_peers(struct pl_resolver *r, struct closure *c)
{
    for (size_t at = 0; at < c->n; at++) {
        const struct pl_package *pkg = pick_now(r, c, c->items[at]);
        for (size_t i = 0; pkg && i < pkg->n_deps; i++) {
            enum pl_edge_type type = pkg->deps[i].type;
            if (type == PL_PEER || type == PL_PEER_OPTIONAL)
                close_over_peer(r, c, pkg->deps[i].want);
        }
    }
}

bool pl_speculate_ready(struct pl_resolver *r, struct pl_node *node, struct pl_edge *const *edges,
                        size_t n)
{
    struct closure c = {.node = node, .stamp = pl_next_stamp(r), .is_complete = true};
    for (size_t i = 0; i < n; i++) {
        struct pl_want *want = pl_edge_want(r, edges[i]);
        pl_speculate(r, want, edges[i]->type == PL_PEER_OPTIONAL ? PL_REACH_PEERS : PL_REACH_ALL);
        close_over(&c, want);
        struct pl_source *source = pl_edge_source(r, edges[i], want);
        if (!source || source->is_fed) continue;
        pl_speculate_ask(r, source);
        c.is_complete = false;
    }
    follow_peers(r, &c);
    free(c.items);
    return c.is_complete;
}
