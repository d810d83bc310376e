/* SPDX-License-Identifier: MIT */
#include "installer/resolve/tree.h"

#include "installer/resolve/edge.h"
#include "installer/resolve/folders.h"
#include "installer/resolve/overrides.h"

void pl_node_list_add(struct pb_arena *arena, struct pl_node_list *list, struct pl_node *node)
{
    if (list->n == list->cap) {
        uint32_t cap = list->cap ? list->cap * 2 : 8;
        struct pl_node **grown = PB_ARENA_ARRAY(arena, struct pl_node *, cap);
        if (list->n) memcpy(grown, list->items, list->n * sizeof *grown);
        list->items = grown;
        list->cap = cap;
    }
    list->items[list->n++] = node;
}

bool pl_node_list_has(const struct pl_node_list *list, const struct pl_node *node)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (list->items[i] == node) return true;
    return false;
}

void pl_node_list_remove(struct pl_node_list *list, const struct pl_node *node)
{
    for (uint32_t i = 0; i < list->n; i++) {
        if (list->items[i] != node) continue;
        memmove(&list->items[i], &list->items[i + 1], (list->n - i - 1) * sizeof *list->items);
        list->n--;
        return;
    }
}

static struct pl_node *bare_node(struct pl_resolver *r, struct pl_name *name,
                                 struct pl_package *pkg)
{
    struct pl_node *node = PB_ARENA_NEW(&r->tree_arena, struct pl_node);
    node->root = node;
    node->name = name;
    node->pkg = pkg;
    node->dev = node->optional = node->dev_optional = node->peer = node->extraneous = true;
    return node;
}

struct pl_node *pl_node_new(struct pl_resolver *r, struct pl_name *name, struct pl_package *pkg,
                            bool is_top, const struct pl_override_set *overrides)
{
    struct pl_node *node = bare_node(r, name, pkg);
    node->is_top = is_top;
    node->overrides = overrides;
    if (is_top) pl_package_load_top(r, pkg);
    const struct pl_package_dep *deps = is_top ? pkg->top_deps : pkg->deps;
    size_t n = is_top ? pkg->n_top_deps : pkg->n_deps;
    for (size_t i = 0; i < n; i++)
        (void)pl_edge_new(r, node, &deps[i]);
    return node;
}

struct pl_node *pl_link_new(struct pl_resolver *r, struct pl_name *name, struct pl_node *target)
{
    struct pl_node *node = bare_node(r, name, target->pkg);
    node->is_link = true;
    node->target = target;
    node->folder = target->folder;
    return node;
}

struct pl_node *pl_failure_new(struct pl_resolver *r, struct pl_name *name,
                               const struct pb_err *failure)
{
    static const struct pl_manifest nothing;
    static const struct pb_err unknown = {.code = PB_E_NOT_FOUND, .msg = "cannot be loaded"};
    struct pl_package *pkg = PB_ARENA_NEW(&r->tree_arena, struct pl_package);
    pkg->m = &nothing;
    struct pl_node *node = bare_node(r, name, pkg);
    node->failure = failure ? failure : &unknown;
    return node;
}

struct pl_node *pl_virtual_root_new(struct pl_resolver *r, struct pl_node *source)
{
    struct pl_node *root = bare_node(r, source->name, source->pkg);
    root->is_top = true;
    root->lazy_edges = true;
    root->source = source;
    root->location = source->location;
    root->overrides = source->overrides;
    if (source->is_top) pl_package_load_top(r, source->pkg);
    for (uint32_t i = 0; i < source->children.n; i++) {
        struct pl_node *child = source->children.slots[i].value;
        if (!child->is_link || !child->folder) continue;
        struct pl_node *copy = bare_node(r, child->name, child->pkg);
        copy->is_top = copy->lazy_edges = true;
        copy->source = child->target;
        copy->location = child->target->location;
        pl_package_load_top(r, copy->pkg);
        copy->fs_parent = root;
        copy->root = root;
        pl_node_list_add(&r->tree_arena, &root->fs_children, copy);
    }
    return root;
}

struct pl_node *pl_node_child(const struct pl_node *node, const struct pl_name *name)
{
    return pl_name_map_get(&node->children, name);
}

struct pl_node *pl_node_resolve(const struct pl_node *node, const struct pl_name *name)
{
    for (const struct pl_node *at = node; at; at = pl_node_above(at)) {
        struct pl_node *found = pl_name_map_get(&at->children, name);
        if (found) return found;
    }
    return NULL;
}

static const struct pl_package_dep *declared(const struct pl_node *node, const struct pl_name *name)
{
    const struct pl_package *pkg = node->pkg;
    if (node->source->is_top) return pl_name_map_get(&pkg->top_index, name);
    for (size_t i = 0; i < pkg->n_deps; i++)
        if (pkg->deps[i].name->fold == name->fold) return &pkg->deps[i];
    return NULL;
}

struct pl_edge *pl_node_edge(struct pl_resolver *r, struct pl_node *node,
                             const struct pl_name *name)
{
    struct pl_edge *e = pl_name_map_get(&node->edges_out, name);
    if (e || !node->lazy_edges) return e;
    const struct pl_package_dep *dep = declared(node, name);
    if (!dep) return NULL;
    e = pl_edge_new(r, node, dep);
    pl_edge_reload(r, e, true);
    return e;
}

bool pl_node_is_below(const struct pl_node *node, const struct pl_node *above)
{
    for (; node; node = pl_node_above(node))
        if (node == above) return true;
    return false;
}

bool pl_node_is_workspace(const struct pl_resolver *r, const struct pl_node *node)
{
    const struct pl_name *name = node->pkg->name;
    if (!node->folder || !name || node->root != r->root || node == r->root) return false;
    const struct pl_edge *e = pl_name_map_get(&r->root->edges_out, name);
    return e && e->type == PL_WORKSPACE && e->to && (e->to == node || e->to->target == node);
}

/* Lists by name, for the ideal tree only. */
static void enlist(struct pl_node *node)
{
    struct pl_name *name = node->name;
    node->prev_same = name->last;
    node->next_same = NULL;
    if (name->last)
        name->last->next_same = node;
    else
        name->first = node;
    name->last = node;
    PL_EACH_OUT(node, e)
    {
        e->prev_same = NULL;
        e->next_same = e->name->fold->edges;
        if (e->next_same) e->next_same->prev_same = e;
        e->name->fold->edges = e;
    }
}

static void delist(struct pl_node *node)
{
    struct pl_name *name = node->name;
    if (node->prev_same)
        node->prev_same->next_same = node->next_same;
    else
        name->first = node->next_same;
    if (node->next_same)
        node->next_same->prev_same = node->prev_same;
    else
        name->last = node->prev_same;
    node->next_same = node->prev_same = NULL;
    PL_EACH_OUT(node, e)
    {
        if (e->prev_same)
            e->prev_same->next_same = e->next_same;
        else
            e->name->fold->edges = e->next_same;
        if (e->next_same) e->next_same->prev_same = e->prev_same;
        e->next_same = e->prev_same = NULL;
    }
}

void pl_tree_set_root(struct pl_resolver *r, struct pl_node *root)
{
    r->root = root;
    enlist(root);
}

static void locate(struct pl_resolver *r, struct pl_node *node)
{
    const struct pl_node *parent = node->parent;
    node->depth = parent->is_top ? 1 : parent->depth + 1;
    node->location = pb_str(pb_arena_printf(&r->tree_arena, PB_FMT "%snode_modules/" PB_FMT,
                                            PB_ARG(parent->location), parent->location.n ? "/" : "",
                                            PB_ARG(node->name->text)));
}

/* Makes the node and all below it part of another tree. */
static void move_to_root(struct pl_resolver *r, struct pl_node *node, struct pl_node *root)
{
    if (node->root == r->root && r->root) delist(node);
    node->root = root;
    if (root == r->root) {
        if (node->parent) locate(r, node);
        enlist(node);
    }
    for (uint32_t i = 0; i < node->children.n; i++)
        move_to_root(r, node->children.slots[i].value, root);
    for (uint32_t i = 0; i < node->fs_children.n; i++)
        move_to_root(r, node->fs_children.items[i], root);
}

/* Edges of and into a subtree that now lead across trees, or may find something in the new one. */
static void reload_across(struct pl_resolver *r, struct pl_node *node)
{
    for (uint32_t i = node->n_edges_in; i-- > 0;) {
        if (i >= node->n_edges_in) continue; /* several left at once */
        struct pl_edge *e = node->edges_in[i];
        if (e->from->root != node->root) pl_edge_reload(r, e, false);
    }
    PL_EACH_OUT(node, e)
    {
        if (!e->to || e->to->root != node->root) pl_edge_reload(r, e, false);
    }
    for (uint32_t i = 0; i < node->children.n; i++)
        reload_across(r, node->children.slots[i].value);
    for (uint32_t i = 0; i < node->fs_children.n; i++)
        reload_across(r, node->fs_children.items[i]);
}

static void reload_if_shadowed(struct pl_resolver *r, struct pl_edge *e,
                               const struct pl_node *child)
{
    if (e->to == child || pl_node_resolve(e->from, e->name) != e->to) pl_edge_reload(r, e, true);
}

/* In small trees: every node at or below `at`. */
static void reload_below(struct pl_resolver *r, struct pl_node *at, const struct pl_node *child)
{
    struct pl_edge *e = pl_node_edge(r, at, child->name);
    if (e) reload_if_shadowed(r, e, child);
    for (uint32_t i = 0; i < at->children.n; i++)
        reload_below(r, at->children.slots[i].value, child);
    for (uint32_t i = 0; i < at->fs_children.n; i++)
        reload_below(r, at->fs_children.items[i], child);
}

/* A child has come: whoever asks for its name from below may now find it. */
static void reload_named(struct pl_resolver *r, struct pl_node *parent, struct pl_node *child)
{
    if (!pl_node_is_live(r, parent)) {
        reload_below(r, parent, child);
        return;
    }
    for (struct pl_edge *e = child->name->fold->edges; e; e = e->next_same)
        if (pl_node_is_below(e->from, parent)) reload_if_shadowed(r, e, child);
}

static void unhook(struct pl_node *node)
{
    if (node->parent) pl_name_map_remove(&node->parent->children, node->name);
    if (node->fs_parent) pl_node_list_remove(&node->fs_parent->fs_children, node);
    node->parent = node->fs_parent = NULL;
}

void pl_node_detach(struct pl_resolver *r, struct pl_node *node)
{
    if (!pl_node_above(node)) return;
    unhook(node);
    node->is_top = true; /* of what is below it, should placing go on there */
    move_to_root(r, node, node);
    reload_across(r, node);
}

void pl_node_attach(struct pl_resolver *r, struct pl_node *parent, struct pl_node *node)
{
    if (node->parent == parent) return;
    struct pl_node *before = pl_node_child(parent, node->name);
    if (before) pl_node_detach(r, before);
    if (pl_node_above(node)) pl_node_detach(r, node);
    node->parent = parent;
    node->is_top = false;
    pl_name_map_put(&parent->children, &r->tree_arena, node->name, node);
    move_to_root(r, node, parent->root);
    if (node->is_link && node->folder && pl_node_is_live(r, node))
        pl_folder_settle(r, node->folder);
    reload_named(r, parent, node);
    reload_across(r, node);
}

void pl_node_attach_folder(struct pl_resolver *r, struct pl_node *parent, struct pl_node *node,
                           struct pb_str location)
{
    node->location = location;
    node->fs_parent = parent;
    pl_node_list_add(&r->tree_arena, &parent->fs_children, node);
    move_to_root(r, node, parent->root);
    reload_across(r, node);
}

void pl_node_replace(struct pl_resolver *r, struct pl_node *node, struct pl_node *old)
{
    struct pl_node *parent = old->parent;
    while (!node->is_link && old->children.n) {
        struct pl_node *kid = old->children.slots[0].value;
        pl_node_detach(r, kid);
        pl_node_attach(r, node, kid);
    }
    pl_node_attach(r, parent, node);
}
