/* SPDX-License-Identifier: MIT */
#include "installer/resolve/ideal.h"

#include "installer/resolve/edge.h"
#include "installer/resolve/folders.h"
#include "installer/resolve/overrides.h"
#include "installer/resolve/queue.h"
#include "installer/resolve/speculate.h"
#include "installer/resolve/tree.h"

/* Nodes reachable from the root that have something missing or invalid. */
static void queue_problems(struct pl_resolver *r)
{
    struct pl_node_list reached = {0};
    uint32_t stamp = pl_next_stamp(r);
    r->root->flag_stamp = stamp;
    pl_node_list_add(&r->tree_arena, &reached, r->root);
    for (uint32_t i = 0; i < reached.n; i++) {
        bool has_problem = false;
        PL_EACH_OUT(reached.items[i], e)
        {
            has_problem = has_problem || !e->to || !pl_edge_is_valid(r, e);
            if (!e->to || e->to->flag_stamp == stamp) continue;
            e->to->flag_stamp = stamp;
            pl_node_list_add(&r->tree_arena, &reached, e->to);
        }
        if (has_problem) pl_queue_push(r, reached.items[i]);
    }
}

static struct pl_node *node_of_folder(struct pl_resolver *r, struct pb_str path)
{
    if (path.n == 0) return r->root;
    struct pl_folder *folder = pl_folder_find(r, path);
    if (folder) pl_folder_settle(r, folder);
    return folder ? folder->node : NULL;
}

/* npm asks for dependents of a name that is to be updated, wherever it is. */
static void queue_updates(struct pl_resolver *r)
{
    for (size_t i = 0; i < r->options.update.n; i++) {
        struct pl_name *name = pl_name_intern(&r->names, r->options.update.items[i]);
        for (struct pl_node *node = name->first; node; node = node->next_same)
            for (uint32_t j = 0; j < node->n_edges_in; j++)
                pl_queue_push(r, node->edges_in[j]->from);
    }
    for (size_t i = 0; i < r->options.n_wanted_now; i++) {
        const struct pl_wanted_now *wanted = &r->options.wanted_now[i];
        struct pl_node *node = node_of_folder(r, wanted->folder);
        struct pl_name *name = pl_name_intern(&r->names, wanted->name);
        struct pl_edge *e = node ? pl_node_edge(r, node, name) : NULL;
        if (!e) continue;
        e->is_explicit = true;
        if (node != r->root) pl_queue_push(r, node);
    }
    if (r->options.update.n || r->options.n_wanted_now) r->tree_changed = true;
}

/* Before the root becomes the tree's: its edges are listed by name then. */
static void add_workspace_edges(struct pl_resolver *r, struct pl_node *root)
{
    for (struct pl_folder *f = r->folders; f; f = f->next) {
        if (!f->is_workspace) continue;
        struct pl_name *name = f->pkg->name ? f->pkg->name : f->name;
        const char *spec = pb_arena_printf(&r->tree_arena, "file:" PB_FMT, PB_ARG(f->path));
        struct pl_package_dep dep = {name, pl_want_get(r, name, pb_str(spec)), PL_WORKSPACE};
        (void)pl_edge_new(r, root, &dep);
    }
    /* npm has the workspaces' edges before the others: the order decides what shares a set. */
    struct pl_name_map edges = root->edges_out;
    root->edges_out = (struct pl_name_map){0};
    for (int others = 0; others < 2; others++) {
        for (uint32_t i = 0; i < edges.n; i++) {
            struct pl_edge *e = edges.slots[i].value;
            if ((e->type != PL_WORKSPACE) == others)
                pl_name_map_put(&root->edges_out, &r->tree_arena, e->name, e);
        }
    }
}

/* Without a lock npm reads the workspaces' folders first: they are there before their links. */
static void settle_workspaces(struct pl_resolver *r)
{
    for (struct pl_folder *f = r->folders; f; f = f->next) {
        if (!f->is_workspace) continue;
        if (r->override_rules) {
            const struct pl_override_set *rules = pl_override_node_rule(r->override_rules, f->pkg);
            f->node = pl_node_new(r, f->name, f->pkg, true, rules);
            f->node->folder = f;
            f->node->location = f->path;
        }
        pl_folder_settle(r, f);
    }
}

int pl_ideal_start(struct pl_resolver *r, struct pb_err *err)
{
    struct pl_node *root = pl_node_new(r, pl_name_intern(&r->names, r->root_manifest->name),
                                       r->root_package, true, r->override_rules);
    root->dev = root->optional = root->dev_optional = root->peer = root->extraneous = false;
    add_workspace_edges(r, root);
    pl_tree_set_root(r, root);
    if (r->old ? pl_tree_from_lock(r, err) : (settle_workspaces(r), 0)) return -1;
    if (r->old) queue_problems(r);
    queue_updates(r);
    pl_queue_push(r, root);
    if (pl_overrides_check_root(r, err)) return -1;
    pl_speculate_package(r, r->root_package);
    for (struct pl_folder *f = r->folders; f; f = f->next)
        if (f->is_workspace) pl_speculate_package(r, f->pkg);
    return 0;
}

void pl_ideal_drop(struct pl_resolver *r)
{
    pl_names_forget_tree(&r->names);
    for (struct pl_folder *f = r->folders; f; f = f->next)
        f->node = NULL;
    pb_arena_release(&r->tree_arena);
    r->tree_arena = PB_ARENA_INIT;
    r->root = NULL;
    r->n_queue = r->n_links = r->n_load_failures = 0;
    r->tree_changed = r->has_missed = false;
    r->load_depth = 0;
    r->steps = 0;
    r->warnings.n = r->lasting_warnings;
}
