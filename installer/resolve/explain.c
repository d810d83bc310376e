/* SPDX-License-Identifier: MIT */
#include "installer/resolve/explain.h"

#include "installer/resolve/edge.h"
#include "installer/resolve/tree.h"

enum { CHAIN_MAX = 4 };

static const char *type_text(const struct pl_edge *e)
{
    static const char *const texts[] = {
        [PL_PROD] = "",
        [PL_DEV] = "dev ",
        [PL_OPTIONAL] = "optional ",
        [PL_PEER] = "peer ",
        [PL_PEER_OPTIONAL] = "optional peer ",
        [PL_WORKSPACE] = "workspace ",
    };
    return texts[e->type];
}

static const struct pl_node *real(const struct pl_node *node)
{
    while (node->source)
        node = node->source;
    return node;
}

/* "lib@1.0.0 (node_modules/lib)", "the project". */
static void say_node(struct pl_resolver *r, struct pb_buf *out, const struct pl_node *node)
{
    node = real(node);
    if (node == r->root) {
        pb_buf_add_cstr(out, "the project");
        return;
    }
    pb_buf_printf(out, PB_FMT, PB_ARG(node->name->text));
    if (node->pkg->m->version.n) pb_buf_printf(out, "@" PB_FMT, PB_ARG(node->pkg->m->version));
    if (node->root == r->root) pb_buf_printf(out, " (" PB_FMT ")", PB_ARG(node->location));
}

/* "peer react@"^17" from lib@1.0.0 <- lib@"^1" from the project". */
static void say_edge(struct pl_resolver *r, struct pb_buf *out, const struct pl_edge *e)
{
    for (int i = 0; e && i < CHAIN_MAX; i++) {
        if (i) pb_buf_add_cstr(out, " <- ");
        const struct pl_want *want = pl_edge_want(r, e);
        pb_buf_printf(out, "%s" PB_FMT "@\"" PB_FMT "\" from ", type_text(e), PB_ARG(e->name->text),
                      PB_ARG(want->raw));
        say_node(r, out, e->from);
        const struct pl_node *from = real(e->from);
        e = from != r->root && from->n_edges_in ? from->edges_in[0] : NULL;
    }
}

static void say_current(struct pl_resolver *r, struct pb_buf *out, const struct pl_node *current)
{
    pb_buf_add_cstr(out, "found ");
    say_node(r, out, current);
    if (current->n_edges_in) {
        pb_buf_add_cstr(out, ", wanted by ");
        say_edge(r, out, current->edges_in[0]);
    }
    pb_buf_add_cstr(out, "; ");
}

static void fail(struct pl_resolver *r, struct pb_buf *text)
{
    (void)pb_err_set(&r->err, PB_E_CONFLICT,
                     "cannot resolve dependencies: ERESOLVE: " PB_FMT
                     ": fix the conflict, or use --legacy-peer-deps or --force",
                     PB_ARG(pb_buf_str(text)));
}

void pl_explain_override(struct pl_resolver *r, struct pl_edge *edge, const struct pl_node *dep)
{
    if (edge->peer_conflicted) return;
    edge->peer_conflicted = true;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(2048);
    const struct pl_node *current = pl_node_resolve(edge->from, edge->name);
    if (current) say_current(r, &text, current);
    say_edge(r, &text, edge);
    pl_warn_line(r, "overriding peer dependency " PB_FMT "@" PB_FMT ": " PB_FMT,
                 PB_ARG(dep->name->text), PB_ARG(dep->pkg->m->version), PB_ARG(pb_buf_str(&text)));
}

/* The first peer whose place is taken by something else, in what was checked last. */
static const struct pl_can_place *conflicting_peer(const struct pl_can_place *can)
{
    for (size_t i = 0; i < can->n_children; i++) {
        const struct pl_can_place *child = can->children[i];
        if (child->can != PL_CONFLICT) continue;
        const struct pl_can_place *deeper = conflicting_peer(child);
        return deeper ? deeper : child;
    }
    return NULL;
}

void pl_explain_failure(struct pl_resolver *r, const struct pl_place *p)
{
    const struct pl_place *top = p->top;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(2048);
    pb_buf_add_cstr(&text, "could not place ");
    say_node(r, &text, top->dep);
    pb_buf_add_cstr(&text, ", ");
    say_edge(r, &text, top->edge);
    pb_buf_add_cstr(&text, "; ");
    const struct pl_node *current = pl_node_resolve(top->edge->from, top->edge->name);
    if (current) say_current(r, &text, current);
    const struct pl_can_place *peer = top->can_self ? conflicting_peer(top->can_self) : NULL;
    if (peer) {
        if (peer->current) say_current(r, &text, peer->current);
        pb_buf_add_cstr(&text, "conflicts with ");
        say_edge(r, &text, peer->edge);
    } else {
        say_edge(r, &text, p->edge);
    }
    fail(r, &text);
}

void pl_explain_peer_conflict(struct pl_resolver *r, const struct pl_edge *edge,
                              const struct pl_edge *parent_edge)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(2048);
    const struct pl_node *current = pl_node_resolve(edge->from, edge->name);
    if (current) say_current(r, &text, current);
    say_edge(r, &text, edge);
    if (parent_edge) {
        pb_buf_add_cstr(&text, " conflicts with ");
        say_edge(r, &text, parent_edge);
    }
    fail(r, &text);
}
