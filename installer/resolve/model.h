/* SPDX-License-Identifier: MIT */
#ifndef PL_MODEL_H
#define PL_MODEL_H

#include "installer/resolve/name_map.h"
#include "installer/resolve/resolver.h"
#include "installer/resolve/wants.h"

/*
 * The ideal tree: nodes (places with a package), edges (dependencies, resolved by walking up), as
 * npm's arborist has them. Nodes that are being considered live in small virtual trees beside it.
 * Private to this folder. Everything here lives in the resolver's tree arena.
 */

struct pl_override_set;

enum pl_edge_state {
    PL_EDGE_UNKNOWN,
    PL_EDGE_OK,
    PL_EDGE_MISSING,
    PL_EDGE_PEER_LOCAL,
    PL_EDGE_INVALID
};

struct pl_edge {
    struct pl_node *from, *to; /* to: what `from` finds under the name; NULL: nothing */
    struct pl_name *name;
    struct pl_want *raw; /* as declared; pl_edge_want() gives it with overrides applied */
    const struct pl_override_set *overrides;
    enum pl_edge_type type;
    enum pl_edge_state state;
    bool peer_conflicted;                  /* a peer that was overridden: accepted as it is */
    bool is_explicit;                      /* the user asked for it now */
    uint32_t in_at;                        /* place in to->edges_in */
    struct pl_edge *next_same, *prev_same; /* in name->fold->edges, while in the ideal tree */
    /* Memo of can_place, used when a peer set is large. */
    uint32_t check_stamp;
    const struct pl_node *check_target;
    int check_result;
};

struct pl_node_list {
    struct pl_node **items;
    uint32_t n, cap;
};

struct pl_folder;

struct pl_node {
    struct pl_node *root; /* top of its tree; itself when it stands alone */
    struct pl_node *parent, *fs_parent;
    struct pl_name *name;
    struct pl_package *pkg;
    struct pb_str location; /* as in the lock; only kept in the ideal tree */
    uint32_t depth;
    struct pl_name_map children;     /* struct pl_node */
    struct pl_name_map edges_out;    /* struct pl_edge */
    struct pl_node_list fs_children; /* folders below this one that are not in node_modules */
    struct pl_edge **edges_in;
    uint32_t n_edges_in, edges_in_cap;
    struct pl_node *target;                /* of a link */
    struct pl_folder *folder;              /* of a link to a folder, and of the folder's node */
    struct pl_node *source;                /* of a virtual root: the node it stands for */
    struct pl_node *virtual_root;          /* the latest one that stands for this node */
    struct pl_node *next_same, *prev_same; /* in name->first..last, while in the ideal tree */
    const struct pl_override_set *overrides;
    const struct pb_err *failure; /* it could not be loaded */
    bool is_link, is_top, lazy_edges;
    bool dev, optional, dev_optional, peer, extraneous, inert;
    bool is_seen, is_locked, in_bundle;
    bool is_link_noted, is_queued;
    uint32_t required_stamp, set_stamp, flag_stamp;
};

/* A local folder that the caller described: a workspace or the target of a file: dependency. */
struct pl_folder {
    struct pb_str path;
    struct pl_name *name;
    struct pl_package *pkg;
    bool is_workspace;
    struct pl_node *node; /* in the ideal tree, once something links to it */
    struct pl_folder *next;
};

struct pl_queue_item {
    uint32_t depth;
    struct pb_str location;
    struct pl_node *node;
    uint32_t number; /* of arrival, for equals */
};

struct pl_resolver {
    struct pb_arena arena;      /* names, wants, packages: as long as the resolver */
    struct pb_arena tree_arena; /* the tree; dropped when the pass starts over */
    struct pl_resolve_options options;
    const struct pl_manifest *root_manifest;
    const struct pl_lock *old;
    struct pl_names names;
    struct pl_folder *folders, **folders_end;
    struct pl_package *root_package;
    const struct pl_override_set *override_rules;

    /* Packuments and speculation. */
    struct pl_source **asked; /* in order */
    size_t n_asked, asked_cap, next_asked, next_direct;
    const struct pl_manifest **picks;
    size_t n_picks, picks_cap, next_pick;
    struct pl_package **todo; /* packages whose dependencies are to be asked for */
    size_t n_todo, todo_cap;

    /* The placement pass. */
    enum pl_resolve_state state;
    bool is_started;
    struct pl_node *root;
    struct pl_queue_item *queue; /* binary heap by depth and location */
    size_t n_queue, queue_cap;
    struct pl_node **links; /* noted, to be followed when the queue is empty */
    size_t n_links, links_cap;
    struct pl_node **load_failures;
    size_t n_load_failures, load_failures_cap;
    bool tree_changed;
    bool has_missed; /* a packument was needed that is not here: start over when it is */
    uint32_t stamp;
    uint32_t required_stamp; /* nodes that the dependency being loaded cannot do without */
    unsigned load_depth;
    uint32_t steps;
    uint32_t check_stamp, check_count; /* of the placement being considered */
    struct pb_err err;
    struct pb_buf warnings;
    size_t lasting_warnings; /* bytes of them that do not come from the pass */
};

static inline bool pl_edge_is_peer(const struct pl_edge *e)
{
    return e->type == PL_PEER || e->type == PL_PEER_OPTIONAL;
}
static inline bool pl_edge_is_optional(const struct pl_edge *e)
{
    return e->type == PL_OPTIONAL || e->type == PL_PEER_OPTIONAL;
}
static inline struct pl_node *pl_node_above(const struct pl_node *n)
{
    return n->parent ? n->parent : n->fs_parent;
}
static inline bool pl_node_is_live(const struct pl_resolver *r, const struct pl_node *n)
{
    return n->root == r->root;
}
static inline bool pl_node_is_project_root(const struct pl_node *n)
{
    return n->root == n;
}
static inline uint32_t pl_next_stamp(struct pl_resolver *r)
{
    return ++r->stamp;
}

/* Iterates the edges out of a node: for (i) with e. */
#define PL_EACH_OUT(node, e)                                                                       \
    for (uint32_t e##_at = 0; e##_at < (node)->edges_out.n; e##_at++)                              \
        for (struct pl_edge *e = (node)->edges_out.slots[e##_at].value; e; e = NULL)

void pl_node_list_add(struct pb_arena *arena, struct pl_node_list *list, struct pl_node *node);
bool pl_node_list_has(const struct pl_node_list *list, const struct pl_node *node);
void pl_node_list_remove(struct pl_node_list *list, const struct pl_node *node);

/* A line for the user. */
void pl_warn_line(struct pl_resolver *r, const char *fmt, ...) PB_PRINTF(2, 3);

#endif
