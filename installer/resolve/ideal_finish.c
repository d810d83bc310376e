/* SPDX-License-Identifier: MIT */
#include "installer/resolve/ideal.h"

#include "installer/resolve/dep_sets.h"
#include "installer/resolve/tree.h"

static void remove_extraneous(struct pl_resolver *r)
{
    struct pl_node_list nodes = pl_tree_nodes(r);
    for (uint32_t i = 0; i < nodes.n; i++)
        if (nodes.items[i]->extraneous && nodes.items[i]->parent) pl_node_detach(r, nodes.items[i]);
}

/* What cannot be loaded or not be used here does not matter when it is only wanted optionally. */
static int settle_failures(struct pl_resolver *r)
{
    for (size_t i = 0; i < r->n_load_failures; i++) {
        struct pl_node *node = r->load_failures[i];
        if (!node->optional) {
            r->err = *node->failure;
            if (node->n_edges_in) {
                const struct pl_edge *e = node->edges_in[0];
                (void)pb_err_wrap(&r->err, "cannot load " PB_FMT " for %s" PB_FMT,
                                  PB_ARG(node->name->text), e->from == r->root ? "the project" : "",
                                  PB_ARG(e->from->location));
            }
            return -1;
        }
        struct pl_node_list set = pl_optional_set(r, node);
        for (uint32_t j = 0; j < set.n; j++)
            set.items[j]->inert = true;
    }
    return 0;
}

static int check_platforms(struct pl_resolver *r)
{
    struct pl_node_list nodes = pl_tree_nodes(r);
    for (uint32_t i = 0; i < nodes.n; i++) {
        const struct pl_node *node = nodes.items[i];
        if (node->optional || node->is_link || r->options.force ||
            pl_platform_matches(node->pkg->m))
            continue;
        return pb_err_set(&r->err, PB_E_UNSUPPORTED,
                          "cannot install " PB_FMT "@" PB_FMT ": " PB_FMT
                          ": it does not support this platform, and it is not optional",
                          PB_ARG(node->name->text), PB_ARG(node->pkg->m->version),
                          PB_ARG(node->location));
    }
    return 0;
}

/* Once a package, for what was not in the old lock. */
static void warn_deprecated(struct pl_resolver *r)
{
    struct pl_node_list nodes = pl_tree_nodes(r);
    uint32_t stamp = pl_next_stamp(r);
    for (uint32_t i = 0; i < nodes.n; i++) {
        const struct pl_node *node = nodes.items[i];
        struct pl_package *pkg = node->pkg;
        if (node->is_link || pkg->locked || pkg->m->deprecated.n == 0 || pkg->stamp == stamp)
            continue;
        pkg->stamp = stamp;
        pl_warn_line(r, PB_FMT "@" PB_FMT " is deprecated: " PB_FMT, PB_ARG(pkg->m->name),
                     PB_ARG(pkg->m->version), PB_ARG(pkg->m->deprecated));
    }
}

enum pl_resolve_state pl_ideal_finish(struct pl_resolver *r)
{
    bool had_lock = r->old != NULL;
    if (!had_lock || r->tree_changed) {
        if (had_lock) pl_flags_reset(r);
        pl_flags_calculate(r);
    }
    if (had_lock) remove_extraneous(r);
    if (settle_failures(r) || check_platforms(r)) return PL_RESOLVE_FAILED;
    warn_deprecated(r);
    return PL_RESOLVE_DONE;
}
