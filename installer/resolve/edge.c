/* SPDX-License-Identifier: MIT */
#include "installer/resolve/edge.h"

#include "installer/resolve/overrides.h"
#include "installer/resolve/tree.h"

struct pl_edge *pl_edge_new(struct pl_resolver *r, struct pl_node *from,
                            const struct pl_package_dep *dep)
{
    struct pl_edge *e = PB_ARENA_NEW(&r->tree_arena, struct pl_edge);
    *e = (struct pl_edge){.from = from, .name = dep->name, .raw = dep->want, .type = dep->type};
    if (from->overrides) e->overrides = pl_override_edge_rule(r, from->overrides, e);
    pl_name_map_put(&from->edges_out, &r->tree_arena, e->name, e);
    return e;
}

struct pl_want *pl_edge_want(struct pl_resolver *r, const struct pl_edge *e)
{
    struct pl_want *forced = e->overrides ? pl_override_want(r, e->overrides, e) : NULL;
    return forced ? forced : e->raw;
}

const struct pl_node *pl_edge_base(struct pl_resolver *r, const struct pl_edge *e,
                                   const struct pl_want *want)
{
    return want == e->raw ? e->from : r->root;
}

struct pl_source *pl_edge_source(struct pl_resolver *r, const struct pl_edge *e,
                                 const struct pl_want *want)
{
    if (want->source || want->malformed) return want->source;
    const struct pl_node *base = pl_edge_base(r, e, want);
    if (want->kind != PL_SPEC_FILE && !pl_is_packed(r, want, base)) return NULL;
    struct pb_str path = pl_local_path(r, want, base);
    return path.n > 0 ? pl_source_of_file(r, path) : NULL;
}

bool pl_edge_satisfied_by(struct pl_resolver *r, const struct pl_edge *e, struct pl_node *node)
{
    if (node->name != e->name) return false;
    if (!e->overrides || node->pkg->m->has_shrinkwrap || pl_node_in_shrinkwrap(node) ||
        node->in_bundle)
        return pl_dep_valid(r, node, e->raw, e->from);
    if (pl_dep_valid(r, node, pl_edge_want(r, e), e->from)) return true;
    /* A rule for certain versions only ("foo@1") lets others stand that the spec itself allows. */
    const struct pl_want *key = pl_override_key(r, e->overrides, e->name);
    return key && pl_dep_valid(r, node, e->raw, e->from) && !pl_dep_valid(r, node, key, e->from);
}

static enum pl_edge_state decide(struct pl_resolver *r, struct pl_edge *e)
{
    if (pl_edge_is_peer(e) && e->from == e->to->parent && !e->from->is_top)
        return PL_EDGE_PEER_LOCAL;
    if (!pl_edge_satisfied_by(r, e, e->to)) return PL_EDGE_INVALID;
    if (e->overrides && e->to->overrides && e->to->edges_out.n &&
        pl_overrides_conflict(r, e->overrides, e->to->overrides))
        return PL_EDGE_INVALID;
    return PL_EDGE_OK;
}

enum pl_edge_state pl_edge_state(struct pl_resolver *r, struct pl_edge *e)
{
    if (!e->to) return pl_edge_is_optional(e) ? PL_EDGE_OK : PL_EDGE_MISSING;
    if (e->state == PL_EDGE_UNKNOWN) e->state = decide(r, e);
    return e->state;
}

static void leave(struct pl_resolver *r, struct pl_edge *e)
{
    struct pl_node *to = e->to;
    struct pl_edge *last = to->edges_in[--to->n_edges_in];
    to->edges_in[e->in_at] = last;
    last->in_at = e->in_at;
    e->to = NULL;
    if (e->overrides) pl_overrides_edge_left(r, to, e->overrides);
}

static void enter(struct pl_resolver *r, struct pl_edge *e, struct pl_node *to)
{
    e->to = to;
    if (e->overrides) pl_overrides_edge_entered(r, to, e->overrides);
    if (to->n_edges_in == to->edges_in_cap) {
        uint32_t cap = to->edges_in_cap ? to->edges_in_cap * 2 : 4;
        struct pl_edge **grown = PB_ARENA_ARRAY(&r->tree_arena, struct pl_edge *, cap);
        if (to->n_edges_in) memcpy(grown, to->edges_in, to->n_edges_in * sizeof(struct pl_edge *));
        to->edges_in = grown;
        to->edges_in_cap = cap;
    }
    e->in_at = to->n_edges_in;
    to->edges_in[to->n_edges_in++] = e;
}

void pl_edge_reload(struct pl_resolver *r, struct pl_edge *e, bool hard)
{
    const struct pl_override_set *before = e->overrides;
    bool rule_changed = false;
    if (e->from->overrides) {
        const struct pl_override_set *rule = pl_override_edge_rule(r, e->from->overrides, e);
        rule_changed = rule && !pl_overrides_equal(rule, before);
        if (rule_changed) e->overrides = rule;
    } else {
        e->overrides = NULL;
    }
    struct pl_node *found = pl_node_resolve(e->from, e->name);
    if (found != e->to) {
        if (e->to) leave(r, e);
        e->state = PL_EDGE_UNKNOWN;
        if (found) enter(r, e, found);
    } else if (hard) {
        e->state = PL_EDGE_UNKNOWN;
    } else if (rule_changed && e->to) {
        pl_overrides_edge_left(r, e->to, before);
        pl_overrides_edge_entered(r, e->to, e->overrides);
    }
}
