/* SPDX-License-Identifier: MIT */
#include "installer/query/why.h"

#include "installer/resolve/edge.h"
#include "installer/resolve/ideal.h"
#include "installer/resolve/tree.h"

#include <stdlib.h>

struct why {
    struct pl_loaded *l;
    uint32_t stamp; /* told already in the current answer */
    struct pb_buf *out;
};

static const char *const type_names[] = {
    [PL_PROD] = "prod",
    [PL_DEV] = "dev",
    [PL_OPTIONAL] = "optional",
    [PL_PEER] = "peer",
    [PL_PEER_OPTIONAL] = "peerOptional",
    [PL_WORKSPACE] = "workspace",
};

static bool is_bundled(const struct pl_edge *e)
{
    const struct pl_strs *names = &e->from->pkg->m->bundled;
    for (size_t i = 0; i < names->n; i++)
        if (pb_str_eq(names->items[i], e->name->text)) return true;
    return false;
}

/* An edge that the node does not satisfy does not keep it there; the project's own is told. */
static bool is_told(const struct why *w, struct pl_edge *e)
{
    return pl_edge_is_valid(w->l->resolver, e) || e->from == w->l->resolver->root;
}

static struct pl_node *next_link(const struct why *w, const struct pl_node *node,
                                 struct pl_node_list *all, uint32_t *at)
{
    (void)w;
    while (*at < all->n) {
        struct pl_node *link = all->items[(*at)++];
        if (link->is_link && link->target == node) return link;
    }
    return NULL;
}

static struct pb_str shown_name(const struct pl_node *node)
{
    return node->is_top && node->pkg->m->name.n ? node->pkg->m->name : node->name->text;
}

/* --- text --- */

static void say_node(struct why *w, struct pl_node *node, struct pb_str margin);

static void say_line(struct why *w, struct pb_str margin)
{
    pb_buf_add_char(w->out, '\n');
    pb_buf_add_str(w->out, margin);
}

static void say_edge(struct why *w, struct pl_edge *e, struct pb_str margin)
{
    struct pl_resolver *r = w->l->resolver;
    struct pb_str spec = pl_edge_want(r, e)->raw;
    say_line(w, margin);
    if (e->type != PL_PROD) pb_buf_printf(w->out, "%s ", type_names[e->type]);
    if (is_bundled(e)) pb_buf_add_cstr(w->out, "bundled ");
    bool is_overridden = !pb_str_eq(spec, e->raw->raw);
    if (is_overridden) pb_buf_add_cstr(w->out, "overridden ");
    if (e->type == PL_WORKSPACE)
        pb_buf_add_str(w->out, pb_str_skip(spec, strlen("file:")));
    else
        pb_buf_printf(w->out, PB_FMT "@\"" PB_FMT "\"", PB_ARG(e->name->text), PB_ARG(spec));
    if (is_overridden) pb_buf_printf(w->out, " (was \"" PB_FMT "\")", PB_ARG(e->raw->raw));
    pb_buf_add_cstr(w->out, " from ");
    if (e->from == r->root)
        pb_buf_add_cstr(w->out, "the root project");
    else
        say_node(w, e->from, margin);
}

static void say_node(struct why *w, struct pl_node *node, struct pb_str margin)
{
    struct pl_resolver *r = w->l->resolver;
    pb_buf_printf(w->out, PB_FMT "@" PB_FMT, PB_ARG(shown_name(node)),
                  PB_ARG(node->pkg->m->version));
    if (node->flag_stamp == w->stamp) return;
    node->flag_stamp = w->stamp;
    say_line(w, margin);
    pb_buf_add_str(w->out, node->location);
    struct pb_str inner = pb_str(pb_arena_printf(&w->l->arena, PB_FMT "  ", PB_ARG(margin)));
    for (uint32_t i = 0; i < node->n_edges_in; i++)
        if (is_told(w, node->edges_in[i])) say_edge(w, node->edges_in[i], inner);
    struct pl_node_list all = pl_tree_nodes(r);
    uint32_t at = 0;
    for (struct pl_node *link; node->is_top && (link = next_link(w, node, &all, &at)) != NULL;) {
        say_line(w, inner);
        say_node(w, link, inner);
    }
}

static void say_answer(struct why *w, struct pl_node *node)
{
    struct pl_resolver *r = w->l->resolver;
    const struct {
        bool on;
        const char *name;
    } marks[] = {{node->extraneous, "extraneous"},
                 {node->dev && !node->extraneous, "dev"},
                 {node->optional && !node->extraneous, "optional"},
                 {node->peer && !node->extraneous, "peer"},
                 {!node->extraneous && pl_node_in_bundle(r, node), "bundled"}};
    size_t start = w->out->n;
    say_node(w, node, PB_LIT(""));
    struct pb_str text = pb_arena_str(&w->l->arena, pb_str_skip(pb_buf_str(w->out), start));
    struct pb_str first = {0};
    (void)pb_str_split(&text, '\n', &first);
    w->out->n = start;
    pb_buf_add_str(w->out, first);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (marks[i].on) pb_buf_printf(w->out, " %s", marks[i].name);
    if (text.p) pb_buf_printf(w->out, "\n" PB_FMT, PB_ARG(text));
    pb_buf_add_char(w->out, '\n');
}

/* --- JSON --- */

static void tell_node(struct why *w, struct pl_node *node, const struct pl_node *flagged);

static void tell_text(struct why *w, const char *key, struct pb_str value)
{
    pb_buf_printf(w->out, ",\"%s\":", key);
    pb_buf_add_json(w->out, value);
}

static void tell_edge(struct why *w, struct pl_edge *e)
{
    struct pl_resolver *r = w->l->resolver;
    struct pb_str spec = pl_edge_want(r, e)->raw;
    pb_buf_printf(w->out, "{\"type\":\"%s\"", type_names[e->type]);
    tell_text(w, "name", e->name->text);
    tell_text(w, "spec", spec);
    if (!pb_str_eq(spec, e->raw->raw)) {
        tell_text(w, "rawSpec", e->raw->raw);
        pb_buf_add_cstr(w->out, ",\"overridden\":true");
    }
    if (is_bundled(e)) pb_buf_add_cstr(w->out, ",\"bundled\":true");
    if (!pl_edge_is_valid(r, e)) pb_buf_add_cstr(w->out, ",\"error\":\"INVALID\"");
    pb_buf_add_cstr(w->out, ",\"from\":");
    tell_node(w, e->from, NULL);
    pb_buf_add_char(w->out, '}');
}

static void tell_dependents(struct why *w, struct pl_node *node)
{
    bool first = true;
    pb_buf_add_cstr(w->out, ",\"dependents\":[");
    for (uint32_t i = 0; i < node->n_edges_in; i++) {
        if (!is_told(w, node->edges_in[i])) continue;
        if (!first) pb_buf_add_char(w->out, ',');
        first = false;
        tell_edge(w, node->edges_in[i]);
    }
    pb_buf_add_char(w->out, ']');
}

static void tell_links(struct why *w, struct pl_node *node)
{
    struct pl_node_list all = pl_tree_nodes(w->l->resolver);
    uint32_t at = 0;
    bool first = true;
    for (struct pl_node *link; (link = next_link(w, node, &all, &at)) != NULL; first = false) {
        pb_buf_add_cstr(w->out, first ? ",\"linksIn\":[" : ",");
        tell_node(w, link, NULL);
    }
    if (!first) pb_buf_add_char(w->out, ']');
}

static void tell_flags(struct why *w, struct pl_node *node)
{
    if (node->extraneous) {
        pb_buf_add_cstr(w->out, ",\"extraneous\":true");
        return;
    }
    const char *const words[] = {"false", "true"};
    pb_buf_printf(w->out,
                  ",\"dev\":%s,\"optional\":%s,\"devOptional\":%s,\"peer\":%s,\"bundled\":%s"
                  ",\"overridden\":%s",
                  words[node->dev], words[node->optional], words[node->dev_optional],
                  words[node->peer], words[pl_node_in_bundle(w->l->resolver, node)],
                  words[pl_node_is_overridden(node)]);
}

static void tell_node(struct why *w, struct pl_node *node, const struct pl_node *flagged)
{
    struct pl_resolver *r = w->l->resolver;
    if (node == r->root) {
        pb_buf_add_cstr(w->out, "{\"location\":");
        pb_buf_add_json(w->out, pb_str(w->l->root_path));
        pb_buf_add_char(w->out, '}');
        return;
    }
    pb_buf_add_cstr(w->out, "{\"name\":");
    pb_buf_add_json(w->out, shown_name(node));
    tell_text(w, "version", node->pkg->m->version);
    tell_text(w, "location", node->location);
    if (node->flag_stamp != w->stamp) {
        node->flag_stamp = w->stamp;
        pb_buf_printf(w->out, ",\"isWorkspace\":%s",
                      pl_node_is_workspace(r, node) ? "true" : "false");
        tell_dependents(w, node);
        if (node->is_top) tell_links(w, node);
    }
    if (node == flagged) tell_flags(w, node);
    pb_buf_add_char(w->out, '}');
}

/* --- both --- */

static bool is_wanted(struct pl_loaded *l, const struct pl_node *node, const struct pl_strs *wanted)
{
    for (size_t i = 0; i < wanted->n; i++) {
        struct pb_str text = wanted->items[i];
        while (text.n > 1 && text.p[text.n - 1] == '/')
            text.n--;
        if (pb_str_eq(text, node->location) || pb_str_eq(text, node->pkg->m->name)) return true;
        if (pl_node_is_meant(l, node, text)) return true;
    }
    return false;
}

static int by_location(const void *a, const void *b)
{
    return pb_str_cmp((*(struct pl_node *const *)a)->location,
                      (*(struct pl_node *const *)b)->location);
}

int pl_why(struct pl_loaded *loaded, const struct pl_strs *wanted, bool as_json, struct pb_buf *out,
           struct pb_err *err)
{
    struct pl_resolver *r = loaded->resolver;
    struct pl_node_list nodes = pl_tree_nodes(r);
    size_t found = 0;
    qsort(nodes.items, nodes.n, sizeof(struct pl_node *), by_location);
    if (as_json) pb_buf_add_char(out, '[');
    for (uint32_t i = 0; i < nodes.n; i++) {
        struct pl_node *node = nodes.items[i];
        if (node == r->root || !is_wanted(loaded, node, wanted)) continue;
        struct why w = {.l = loaded, .stamp = pl_next_stamp(r), .out = out};
        if (found++) pb_buf_add_char(out, as_json ? ',' : '\n');
        if (as_json)
            tell_node(&w, node, node);
        else
            say_answer(&w, node);
    }
    if (as_json) pb_buf_add_cstr(out, "]\n");
    if (found > 0) return 0;
    return pb_err_set(err, PB_E_NOT_FOUND, "why " PB_FMT ": no such package is installed",
                      PB_ARG(wanted->items[0]));
}
