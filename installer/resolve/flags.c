/* SPDX-License-Identifier: MIT */
/*
 * Why a node is there: dev, optional, devOptional, peer or nothing at all (extraneous). Every flag
 * starts set; each path from the root clears those that do not hold on it, until nothing changes.
 */
#include "installer/resolve/ideal.h"
#include "installer/resolve/tree.h"

static void collect(struct pl_resolver *r, struct pl_node *node, struct pl_node_list *list)
{
    pl_node_list_add(&r->tree_arena, list, node);
    for (uint32_t i = 0; i < node->children.n; i++)
        collect(r, node->children.slots[i].value, list);
    for (uint32_t i = 0; i < node->fs_children.n; i++)
        collect(r, node->fs_children.items[i], list);
}

struct pl_node_list pl_tree_nodes(struct pl_resolver *r)
{
    struct pl_node_list list = {0};
    collect(r, r->root, &list);
    return list;
}

void pl_flags_reset(struct pl_resolver *r)
{
    struct pl_node_list nodes = pl_tree_nodes(r);
    for (uint32_t i = 0; i < nodes.n; i++) {
        struct pl_node *node = nodes.items[i];
        bool on = node != r->root;
        node->dev = node->optional = node->dev_optional = node->peer = node->extraneous = on;
    }
}

static bool clear(bool *flag, bool holds_not)
{
    bool changed = *flag && holds_not;
    if (changed) *flag = false;
    return changed;
}

/* A link's target is needed as the link is. */
static bool pass_link(const struct pl_node *link)
{
    struct pl_node *to = link->target;
    bool changed = clear(&to->dev, !link->dev);
    changed |= clear(&to->optional, !link->optional);
    changed |= clear(&to->dev_optional, !link->dev_optional);
    changed |= clear(&to->peer, !link->peer);
    changed |= clear(&to->extraneous, !link->extraneous);
    return changed;
}

static bool pass_edge(const struct pl_node *node, const struct pl_edge *e)
{
    struct pl_node *to = e->to;
    bool dev = e->type == PL_DEV, optional = pl_edge_is_optional(e);
    bool changed = clear(&to->extraneous, !node->extraneous && e->type != PL_PEER_OPTIONAL);
    changed |= clear(&to->dev, !node->dev && !dev);
    changed |= clear(&to->optional, !node->optional && !optional);
    changed |= clear(&to->dev_optional,
                     !node->dev_optional && !node->dev && !node->optional && !dev && !optional);
    changed |= clear(&to->peer, !node->peer && !pl_edge_is_peer(e));
    return changed;
}

void pl_flags_calculate(struct pl_resolver *r)
{
    struct pl_node_list stack = {0}, seen = {0};
    uint32_t stamp = pl_next_stamp(r);
    pl_node_list_add(&r->tree_arena, &stack, r->root);
    while (stack.n) {
        struct pl_node *node = stack.items[--stack.n];
        if (node->flag_stamp != stamp) pl_node_list_add(&r->tree_arena, &seen, node);
        node->flag_stamp = stamp;
        if (!node->extraneous)
            for (struct pl_node *at = pl_node_above(node); at && at->extraneous;
                 at = pl_node_above(at))
                at->extraneous = false;
        if (node->is_link) {
            if (pass_link(node) || node->target->flag_stamp != stamp)
                pl_node_list_add(&r->tree_arena, &stack, node->target);
            continue;
        }
        PL_EACH_OUT(node, e)
        {
            if (e->to && pass_edge(node, e)) pl_node_list_add(&r->tree_arena, &stack, e->to);
        }
    }
    for (uint32_t i = 0; i < seen.n; i++)
        if (seen.items[i]->dev || seen.items[i]->optional) seen.items[i]->dev_optional = false;
}
