/* SPDX-License-Identifier: MIT */
#include "installer/query/list.h"
#include "installer/resolve/tree.h"

static bool is_from_git(const struct pl_node *node)
{
    return !node->is_link && pb_str_starts(node->pkg->resolved, "git");
}

/* Of a package that is met again only the line is shown, without what the first says. */
static void add_label(const struct pl_list *list, const struct pl_list_item *item,
                      struct pb_buf *out)
{
    const struct pl_node *node = item->node;
    if (item->is_missing)
        pb_buf_printf(out, "UNMET %sDEPENDENCY ", item->is_optional ? "OPTIONAL " : "");
    pb_buf_add_str(out, item->id);
    if (item == list->root) pb_buf_printf(out, " %s", list->loaded->root_path);
    if (item->is_deduped) pb_buf_add_cstr(out, " deduped");
    if (item->invalid) pb_buf_printf(out, " invalid: %s", item->invalid);
    if (item->is_extraneous) pb_buf_add_cstr(out, " extraneous");
    if (!node || item == list->root) return;
    if (!item->is_deduped && pl_node_is_overridden(node)) pb_buf_add_cstr(out, " overridden");
    if (!item->is_deduped && is_from_git(node))
        pb_buf_printf(out, " (" PB_FMT ")", PB_ARG(node->pkg->resolved));
    if (node->is_link) pb_buf_printf(out, " -> ./" PB_FMT, PB_ARG(node->target->location));
}

struct strokes {
    const char *down, *last, *fork, *dash, *tee;
};

static const struct pl_list_item *next_included(const struct pl_list_item *item)
{
    while (item && !item->is_included)
        item = item->next;
    return item;
}

static void draw(const struct pl_list *list, const struct pl_list_item *item,
                 const struct strokes *s, struct pb_buf *prefix, struct pb_buf *out)
{
    const struct pl_list_item *next;
    for (const struct pl_list_item *child = next_included(item->first); child; child = next) {
        next = next_included(child->next);
        bool has_more = next_included(child->first) != NULL;
        size_t n = prefix->n;
        pb_buf_add_str(out, pb_buf_str(prefix));
        pb_buf_printf(out, "%s%s%s ", next ? s->fork : s->last, s->dash,
                      has_more ? s->tee : s->dash);
        add_label(list, child, out);
        pb_buf_add_char(out, '\n');
        pb_buf_printf(prefix, "%s ", next ? s->down : " ");
        draw(list, child, s, prefix, out);
        prefix->n = n;
        prefix->p[n] = '\0';
    }
}

void pl_list_print_tree(const struct pl_list *list, bool unicode, struct pb_buf *out)
{
    static const struct strokes lines = {"│", "└", "├", "─", "┬"};
    static const struct strokes plain = {"|", "`", "+", "-", "-"};
    PB_AUTO_BUF struct pb_buf prefix = PB_BUF_INIT(1u << 20);
    const struct strokes *s = unicode ? &lines : &plain;
    pb_buf_add(&prefix, "", 0);
    add_label(list, list->root, out);
    pb_buf_add_char(out, '\n');
    if (!next_included(list->root->first))
        pb_buf_printf(out, "%s%s%s (empty)\n", s->last, s->dash, s->dash);
    draw(list, list->root, s, &prefix, out);
    pb_buf_add_char(out, '\n'); /* as npm */
}

static void new_line(struct pb_buf *out, unsigned level)
{
    pb_buf_add_char(out, '\n');
    for (unsigned i = 0; i < level; i++)
        pb_buf_add_cstr(out, "  ");
}

static void add_key(struct pb_buf *out, unsigned level, struct pb_str key, bool *first)
{
    if (!*first) pb_buf_add_char(out, ',');
    *first = false;
    new_line(out, level);
    pb_buf_add_json(out, key);
    pb_buf_add_cstr(out, ": ");
}

static void add_text(struct pb_buf *out, unsigned level, const char *key, struct pb_str value,
                     bool *first)
{
    if (value.n == 0) return;
    add_key(out, level, pb_str(key), first);
    pb_buf_add_json(out, value);
}

static void add_flag(struct pb_buf *out, unsigned level, const char *key, bool value, bool *first)
{
    add_key(out, level, pb_str(key), first);
    pb_buf_add_cstr(out, value ? "true" : "false");
}

static void add_problems(struct pb_buf *out, unsigned level, const struct pl_strs *problems,
                         bool *first)
{
    if (problems->n == 0) return;
    add_key(out, level, PB_LIT("problems"), first);
    pb_buf_add_char(out, '[');
    for (size_t i = 0; i < problems->n; i++) {
        if (i > 0) pb_buf_add_char(out, ',');
        new_line(out, level + 1);
        pb_buf_add_json(out, problems->items[i]);
    }
    new_line(out, level);
    pb_buf_add_char(out, ']');
}

static void add_item(const struct pl_list *list, const struct pl_list_item *item, unsigned level,
                     struct pb_buf *out);

static void add_dependencies(const struct pl_list *list, const struct pl_list_item *item,
                             unsigned level, bool *first, struct pb_buf *out)
{
    const struct pl_list_item *child = next_included(item->first);
    bool is_first = true;
    if (!child) return;
    add_key(out, level, PB_LIT("dependencies"), first);
    pb_buf_add_char(out, '{');
    for (; child; child = next_included(child->next)) {
        add_key(out, level + 1, child->name, &is_first);
        add_item(list, child, level + 1, out);
    }
    new_line(out, level);
    pb_buf_add_char(out, '}');
}

/* "file:../packages/a", from the folder that the link is in. */
static struct pb_str link_text(const struct pl_list *list, const struct pl_node *link)
{
    const char *up = "";
    for (size_t i = 0; i < link->location.n; i++)
        if (link->location.p[i] == '/') up = pb_arena_printf(&list->loaded->arena, "../%s", up);
    return pb_str(pb_arena_printf(&list->loaded->arena, "file:%s" PB_FMT, up,
                                  PB_ARG(link->target->location)));
}

static void add_node(const struct pl_list *list, const struct pl_list_item *item, unsigned level,
                     bool *first, struct pb_buf *out)
{
    const struct pl_node *node = item->node;
    add_text(out, level, "version", node->pkg->m->version, first);
    if (item == list->root) {
        add_text(out, level, "name", node->pkg->m->name, first);
        return;
    }
    if (item->is_deduped) return;
    add_text(out, level, "resolved", node->is_link ? link_text(list, node) : node->pkg->resolved,
             first);
    add_flag(out, level, "overridden", pl_node_is_overridden(node), first);
}

static void add_error(const struct pl_list *list, bool *first, struct pb_buf *out)
{
    struct pb_arena *arena = &list->loaded->arena;
    const char *all = "";
    bool is_first = true;
    for (size_t i = 0; i < list->problems.n; i++)
        all = pb_arena_printf(arena, "%s%s" PB_FMT, all, i ? "\n" : "",
                              PB_ARG(list->problems.items[i]));
    add_key(out, 1, PB_LIT("error"), first);
    pb_buf_add_char(out, '{');
    add_text(out, 2, "code", PB_LIT("ELSPROBLEMS"), &is_first);
    add_text(out, 2, "summary", pb_str(all), &is_first);
    add_key(out, 2, PB_LIT("detail"), &is_first);
    pb_buf_add_cstr(out, "\"\"");
    new_line(out, 1);
    pb_buf_add_char(out, '}');
}

static void add_item(const struct pl_list *list, const struct pl_list_item *item, unsigned level,
                     struct pb_buf *out)
{
    bool first = true;
    pb_buf_add_char(out, '{');
    if (item->node) add_node(list, item, level + 1, &first, out);
    if (item->is_extraneous) add_flag(out, level + 1, "extraneous", true, &first);
    if (item->invalid) add_text(out, level + 1, "invalid", pb_str(item->invalid), &first);
    if (item->is_missing && !item->is_optional) {
        add_text(out, level + 1, "required", item->required, &first);
        add_flag(out, level + 1, "missing", true, &first);
    }
    add_problems(out, level + 1, item == list->root ? &list->problems : &item->problems, &first);
    add_dependencies(list, item, level + 1, &first, out);
    if (item == list->root && pl_list_first_error(list)) add_error(list, &first, out);
    if (!first) new_line(out, level);
    pb_buf_add_char(out, '}');
}

void pl_list_print_json(const struct pl_list *list, struct pb_buf *out)
{
    add_item(list, list->root, 0, out);
    pb_buf_add_char(out, '\n');
}

static void add_path(const struct pl_list *list, const struct pl_list_item *item, bool is_long,
                     struct pb_buf *out)
{
    const struct pl_node *node = item->node;
    const char *root = list->loaded->root_path;
    pb_buf_printf(out, "%s%s" PB_FMT, root, node->location.n ? "/" : "", PB_ARG(node->location));
    if (is_long) {
        pb_buf_printf(out, ":" PB_FMT, PB_ARG(item->id));
        if (node->is_link) pb_buf_printf(out, ":%s/" PB_FMT, root, PB_ARG(node->target->location));
        if (item->is_extraneous) pb_buf_add_cstr(out, ":EXTRANEOUS");
        if (item->invalid) pb_buf_add_cstr(out, ":INVALID");
        if (pl_node_is_overridden(node)) pb_buf_add_cstr(out, ":OVERRIDDEN");
    }
    pb_buf_add_char(out, '\n');
}

/* Each place once, in the order of the walk. */
void pl_list_print_paths(const struct pl_list *list, bool is_long, struct pb_buf *out)
{
    for (const struct pl_list_item *item = list->root; item; item = item->queued)
        if (item->node && !item->is_deduped && item->is_included)
            add_path(list, item, is_long, out);
}
