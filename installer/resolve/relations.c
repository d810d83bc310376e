/* SPDX-License-Identifier: MIT */
/* How two nodes stand to each other: the same package, replaceable, a needless duplicate. */
#include "installer/resolve/dep_sets.h"
#include "installer/resolve/edge.h"
#include "installer/resolve/overrides.h"
#include "installer/resolve/tree.h"

bool pl_node_matches(const struct pl_node *a, const struct pl_node *b)
{
    if (a == b) return true;
    if (a->name != b->name || a->is_link != b->is_link) return false;
    if (a->is_link) return a->target == b->target || pl_node_matches(a->target, b->target);
    const struct pl_package *pa = a->pkg, *pb = b->pkg;
    if (pa->integrity.n && pb->integrity.n) return pb_str_eq(pa->integrity, pb->integrity);
    if (pa->resolved.n && pb->resolved.n) return pb_str_eq(pa->resolved, pb->resolved);
    return pa->name && pa->name == pb->name && pa->m->version.n &&
           pb_str_eq(pa->m->version, pb->m->version);
}

bool pl_node_can_be_replaced(struct pl_resolver *r, struct pl_node *node, struct pl_node *with,
                             const struct pl_name_map *ignore)
{
    if (with->name != node->name || with->pkg->name != node->pkg->name) return false;
    if (node->edges_out.n && !pl_overrides_equal(with->overrides, node->overrides)) return false;
    struct pl_node_list set = {0};
    uint32_t stamp = 0;
    for (uint32_t i = 0; i < node->n_edges_in; i++) {
        struct pl_edge *e = node->edges_in[i];
        bool ignored = ignore && !node->is_top && e->from->parent == node->parent &&
                       pl_edge_is_peer(e) && pl_name_map_get(ignore, e->from->name);
        if (ignored || pl_edge_satisfied_by(r, e, with)) continue;
        /* Only now: what would leave together with the node has no say. */
        if (!stamp) {
            set = pl_gather(r, &node, 1, pl_valid_not_to, node);
            stamp = set.n ? set.items[0]->set_stamp : UINT32_MAX;
        }
        if (e->from->set_stamp != stamp) return false;
    }
    return true;
}

static int version_cmp(const struct pl_node *a, const struct pl_node *b)
{
    return pl_version_cmp(&a->pkg->version, &b->pkg->version);
}

bool pl_node_is_overridden(const struct pl_node *node)
{
    for (uint32_t i = 0; node->overrides && i < node->n_edges_in; i++) {
        const struct pl_edge *e = node->edges_in[i];
        if (e->overrides && pl_override_pins(e->overrides, node->name, node->pkg->m->version) &&
            !pl_overrides_equal(e->overrides, e->from->overrides))
            return true;
    }
    return false;
}

bool pl_node_can_dedupe(struct pl_resolver *r, struct pl_node *node, bool prefer, bool is_explicit)
{
    if (pl_node_in_dep_bundle(r, node) || pl_node_in_shrinkwrap(node)) return false;
    struct pl_node *above = pl_node_above(node);
    if (!above || !pl_node_above(above)) return false;
    if (node->n_edges_in == 0) return true;
    struct pl_node *other = pl_node_resolve(pl_node_above(above), node->name);
    if (!other) return false;
    if (pl_node_matches(other, node)) return true;
    if (!pl_node_can_be_replaced(r, node, other, NULL)) return false;
    if (prefer || is_explicit) return true;
    if (!other->pkg->has_version || !node->pkg->has_version) return false;
    int order = version_cmp(other, node);
    return order == 0 || (order > 0 && !pl_node_is_overridden(node));
}

static bool bundles(const struct pl_node *node, const struct pl_name *name)
{
    const struct pl_strs *list = &node->pkg->m->bundled;
    for (size_t i = 0; i < list->n; i++)
        if (pb_str_eq(list->items[i], name->text)) return true;
    return false;
}

static struct pl_node *bundler(struct pl_node *node, uint32_t stamp)
{
    struct pl_node *parent = node->parent;
    if (!parent || node->flag_stamp == stamp) return NULL;
    node->flag_stamp = stamp;
    struct pl_node *above = bundler(parent, stamp);
    if (above) return above;
    if (parent->pkg->m->bundled.n == 0) return NULL;
    if (bundles(parent, node->name)) return parent;
    /* Brought along by something that the parent bundles. */
    for (uint32_t i = 0; i < node->n_edges_in; i++)
        if (bundler(node->edges_in[i]->from, stamp) == parent) return parent;
    return NULL;
}

bool pl_node_in_bundle(struct pl_resolver *r, struct pl_node *node)
{
    return node->in_bundle || bundler(node, pl_next_stamp(r)) != NULL;
}

bool pl_node_in_dep_bundle(struct pl_resolver *r, struct pl_node *node)
{
    struct pl_node *found = bundler(node, pl_next_stamp(r));
    return found && found != node->root;
}

bool pl_node_in_shrinkwrap(const struct pl_node *node)
{
    for (const struct pl_node *at = node->parent; at; at = at->parent)
        if (at->pkg->m->has_shrinkwrap) return true;
    return false;
}
