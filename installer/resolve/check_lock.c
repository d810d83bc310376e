/* SPDX-License-Identifier: MIT */
/* Whether the old lock still answers what its packages ask for. */
#include "installer/resolve/edge.h"
#include "installer/resolve/overrides.h"
#include "installer/resolve/tree.h"

#include "installer/lockfile/lock_path.h"

/* Peers are left out: npm accepts conflicts among them. So are bundles: they hold what they hold.
 */
static bool is_checked(const struct pl_edge *e)
{
    if (pl_edge_is_peer(e)) return false;
    return !e->to || !(e->to->in_bundle || pl_node_in_shrinkwrap(e->to));
}

/* What is not installed by us: what is linked to outside, and a bundle's own affairs. */
static bool is_others(const struct pl_node *node)
{
    return node->is_link || node->extraneous || node->in_bundle || node->pkg->m->has_shrinkwrap ||
           pl_lock_path_is_outside(node->location);
}

/* npm's locks are made without regard to resolutions. */
static bool is_right_without_resolutions(struct pl_resolver *r, const struct pl_edge *e)
{
    return r->options.resolutions_may_lack && e->to && e->overrides &&
           pl_override_is_resolution(e->overrides) && pl_dep_valid(r, e->to, e->raw, e->from);
}

static int out_of_step(struct pl_resolver *r, const struct pl_edge *e, struct pb_err *why)
{
    const struct pl_node *from = e->from;
    const struct pl_want *want = pl_edge_want(r, e);
    return pb_err_set(
        why, PB_E_CONFLICT,
        "package.json and the lockfile are not in step: " PB_FMT " asks for " PB_FMT "@" PB_FMT
        "%s, the lockfile has " PB_FMT ": run an install to update the lockfile",
        PB_ARG(from == r->root ? PB_LIT("the project") : from->location), PB_ARG(e->name->text),
        PB_ARG(want->raw), want == e->raw ? "" : " (overrides, resolutions)",
        PB_ARG(e->to ? e->to->pkg->m->version : PB_LIT("none")));
}

static int check_node(struct pl_resolver *r, const struct pl_node *node, struct pb_err *why)
{
    PL_EACH_OUT(node, e)
    {
        if (is_checked(e) && !pl_edge_is_valid(r, e) && !is_right_without_resolutions(r, e))
            return out_of_step(r, e, why);
    }
    return 0;
}

static int check_below(struct pl_resolver *r, struct pl_node *node, struct pb_err *why)
{
    if (!is_others(node) && check_node(r, node, why) != 0) return -1;
    for (uint32_t i = 0; i < node->children.n; i++)
        if (check_below(r, node->children.slots[i].value, why) != 0) return -1;
    for (uint32_t i = 0; i < node->fs_children.n; i++)
        if (check_below(r, node->fs_children.items[i], why) != 0) return -1;
    return 0;
}

int pl_resolver_check_lock(struct pl_resolver *r, struct pb_err *why)
{
    if (pl_resolver_load(r, why) != 0) return -1;
    return check_below(r, r->root, why);
}
