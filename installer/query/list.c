/* SPDX-License-Identifier: MIT */
#include "installer/query/list.h"

#include "base/map.h"
#include "installer/lockfile/locale_cmp.h"
#include "installer/resolve/edge.h"
#include "installer/resolve/tree.h"

#include <stdlib.h>

struct walk {
    struct pl_loaded *l;
    const struct pl_list_options *options;
    struct pl_list *list;
    struct pl_list_item **end; /* of the queue */
    struct pb_map seen;        /* location -> item */
};

static struct pl_resolver *resolver(const struct walk *w)
{
    return w->l->resolver;
}

static const struct pl_node *real(const struct pl_node *node)
{
    return node->is_link ? node->target : node;
}

static bool is_workspace(const struct walk *w, const struct pl_node *node)
{
    return pl_node_is_workspace(resolver(w), node);
}

static bool has_str(const struct pl_strs *list, struct pb_str text)
{
    for (size_t i = 0; i < list->n; i++)
        if (pb_str_eq(list->items[i], text)) return true;
    return false;
}

/* --omit and --link concern what the root and the members ask for themselves. */
static bool is_shown_at_top(const struct walk *w, const struct pl_edge *e)
{
    const struct pl_list_options *o = w->options;
    if (o->omit_dev && e->type == PL_DEV) return false;
    if (o->omit_optional && pl_edge_is_optional(e)) return false;
    if (o->omit_peer && pl_edge_is_peer(e)) return false;
    return !o->links_only || (e->to && e->to->is_link);
}

static bool is_of_chosen_workspace(const struct walk *w, const struct pl_edge *e)
{
    if (w->options->workspaces.n == 0 || e->from != resolver(w)->root) return true;
    return e->to && is_workspace(w, e->to) &&
           has_str(&w->options->workspaces, real(e->to)->location);
}

static const char *join_invalid(struct walk *w, const char *before, const struct pl_edge *e)
{
    struct pb_str spec = pl_edge_want(resolver(w), e)->raw;
    struct pb_str from = e->from->location.n ? e->from->location : PB_LIT("the root project");
    return pb_arena_printf(&w->l->arena, "%s%s\"" PB_FMT "\" from " PB_FMT, before ? before : "",
                           before ? ", " : "", PB_ARG(spec), PB_ARG(from));
}

static struct pl_list_item *new_item(struct walk *w, const struct pl_node *node)
{
    struct pl_list_item *item = PB_ARENA_NEW(&w->l->arena, struct pl_list_item);
    item->end = &item->first;
    item->node = node;
    if (!node) return item;
    item->id = pl_node_id(w->l, node);
    item->name = node->name->text;
    item->is_extraneous = node->extraneous;
    return item;
}

static struct pl_list_item *item_of_edge(struct walk *w, struct pl_edge *e)
{
    struct pl_list_item *item = new_item(w, e->to);
    item->required = pl_edge_want(resolver(w), e)->raw;
    item->is_optional = pl_edge_is_optional(e);
    if (e->to) {
        const struct pl_list_item *first = pb_map_get(&w->seen, e->to->location);
        item->invalid = first ? first->invalid : NULL;
        if (pl_edge_state(resolver(w), e) == PL_EDGE_INVALID)
            item->invalid = join_invalid(w, item->invalid, e);
        return item;
    }
    item->is_missing = true;
    item->name = e->name->text;
    item->id = pb_str(pb_arena_printf(&w->l->arena, PB_FMT "@" PB_FMT, PB_ARG(e->name->text),
                                      PB_ARG(item->required)));
    return item;
}

static bool is_only(const struct walk *w, const struct pl_list_item *item)
{
    const struct pl_strs *only = &w->options->only;
    bool meant = only->n == 0;
    for (size_t i = 0; i < only->n && item->node && !meant; i++)
        meant = pl_node_is_meant(w->l, item->node, only->items[i]);
    return meant;
}

static void add_problem(struct walk *w, struct pl_list_item *item, const char *text)
{
    pl_strs_add(&w->l->arena, &item->problems, text);
    if (item->is_included && !has_str(&w->list->problems, pb_str(text)))
        pl_strs_add(&w->l->arena, &w->list->problems, text);
}

static const char *path_of(struct walk *w, const struct pl_node *node)
{
    return pb_arena_printf(&w->l->arena, "%s%s" PB_FMT, w->l->root_path,
                           node->location.n ? "/" : "", PB_ARG(node->location));
}

static void find_problems(struct walk *w, struct pl_list_item *item)
{
    struct pb_arena *arena = &w->l->arena;
    if (item->is_missing && !item->is_optional)
        add_problem(w, item,
                    pb_arena_printf(arena, "missing: " PB_FMT ", required by " PB_FMT,
                                    PB_ARG(item->id),
                                    PB_ARG(item->parent ? item->parent->id : PB_LIT(""))));
    if (item->invalid)
        add_problem(w, item,
                    pb_arena_printf(arena, "invalid: " PB_FMT " %s", PB_ARG(item->id),
                                    path_of(w, item->node)));
    if (item->is_extraneous && !item->is_deduped)
        add_problem(w, item,
                    pb_arena_printf(arena, "extraneous: " PB_FMT " %s", PB_ARG(item->id),
                                    path_of(w, item->node)));
}

static int by_id(const void *a, const void *b)
{
    const struct pl_list_item *x = *(struct pl_list_item *const *)a;
    const struct pl_list_item *y = *(struct pl_list_item *const *)b;
    return pl_locale_cmp(x->id, y->id);
}

static void add_child(struct walk *w, struct pl_list_item *parent, struct pl_list_item *item)
{
    item->parent = parent;
    item->depth = parent->depth + 1;
    if (item->node && is_workspace(w, item->node)) item->depth = 0;
    item->is_deduped = item->node && pb_map_has(&w->seen, item->node->location);
    if (item->node && !item->is_deduped) pb_map_put(&w->seen, item->node->location, item);
    if (item->is_deduped) item->is_extraneous = false;
    item->is_included = is_only(w, item);
    *parent->end = item;
    parent->end = &item->next;
    *w->end = item;
    w->end = &item->queued;
}

static void add_children(struct walk *w, struct pl_list_item *parent)
{
    const struct pl_node *node = real(parent->node);
    size_t n = 0, most = node->edges_out.n + node->children.n;
    struct pl_list_item **items = PB_ARENA_ARRAY(&w->l->arena, struct pl_list_item *, most);
    struct pb_map here = PB_MAP_INIT;
    PL_EACH_OUT(node, e)
    {
        if (!is_of_chosen_workspace(w, e)) continue;
        if (parent->depth == 0 && !is_shown_at_top(w, e)) continue;
        items[n++] = item_of_edge(w, e);
        if (e->to) pb_map_put(&here, e->to->location, e);
    }
    for (uint32_t i = 0; i < node->children.n; i++) {
        const struct pl_node *child = node->children.slots[i].value;
        if (child->extraneous && !pb_map_has(&here, child->location))
            items[n++] = new_item(w, child);
    }
    pb_map_release(&here);
    if (n > 1) qsort(items, n, sizeof(struct pl_list_item *), by_id);
    for (size_t i = 0; i < n; i++)
        add_child(w, parent, items[i]);
}

static void include_ancestors(struct pl_list *list, struct pl_list_item *item)
{
    if (!item->is_included) return;
    list->has_matches = true;
    for (struct pl_list_item *at = item->parent; at; at = at->parent)
        at->is_included = true;
}

void pl_list_make(struct pl_loaded *loaded, const struct pl_list_options *options,
                  struct pl_list *out)
{
    *out = (struct pl_list){.loaded = loaded};
    struct walk w = {.l = loaded, .options = options, .list = out};
    out->root = new_item(&w, loaded->resolver->root);
    out->root->is_included = options->only.n == 0;
    pb_map_put(&w.seen, PB_LIT(""), out->root);
    w.end = &out->root->queued;
    for (struct pl_list_item *item = out->root; item; item = item->queued) {
        find_problems(&w, item);
        include_ancestors(out, item);
        bool is_end = !item->node || item->is_deduped || item->depth > options->depth;
        if (!is_end) add_children(&w, item);
    }
    pb_map_release(&w.seen);
}

const struct pb_str *pl_list_first_error(const struct pl_list *list)
{
    for (size_t i = 0; i < list->problems.n; i++)
        if (!pb_str_starts(list->problems.items[i], "extraneous:")) return &list->problems.items[i];
    return NULL;
}
