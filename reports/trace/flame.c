/* SPDX-License-Identifier: MIT */
#include "reports/trace/flame.h"

#include <string.h>

void pb_flame_release(struct pb_flame *flame)
{
    pb_arena_release(&flame->arena);
    *flame = PB_FLAME_INIT;
}

/* Children stay sorted by falling time, so that reports need no further step. */
static void sort_in(struct pb_flame_node *parent, struct pb_flame_node *node)
{
    struct pb_flame_node **at = &parent->child;
    while (*at && *at != node && (*at)->total_ns >= node->total_ns)
        at = &(*at)->next;
    if (*at == node) return;
    struct pb_flame_node **old = at;
    while (*old && *old != node)
        old = &(*old)->next;
    if (*old) *old = node->next;
    node->next = *at;
    *at = node;
}

static struct pb_flame_node *child_of(struct pb_flame *flame, struct pb_flame_node *parent,
                                      const char *name)
{
    for (struct pb_flame_node *c = parent->child; c; c = c->next)
        if (strcmp(c->name, name) == 0) return c;
    struct pb_flame_node *node = PB_ARENA_ARRAY(&flame->arena, struct pb_flame_node, 1);
    node->name = pb_arena_cstr(&flame->arena, pb_str(name));
    return node;
}

void pb_flame_add(struct pb_flame *flame, const char *const *frames, size_t n, int64_t ns)
{
    struct pb_flame_node *node = &flame->root;
    if (ns <= 0 || ns > INT64_MAX - node->total_ns) return;
    node->total_ns += ns;
    for (size_t i = 0; i < n && i < PB_FLAME_DEPTH_MAX; i++) {
        struct pb_flame_node *child = child_of(flame, node, frames[i]);
        child->total_ns += ns;
        sort_in(node, child);
        node = child;
    }
}

/* A semicolon separates frames, and a space the number. */
static void put_frame(struct pb_buf *out, const char *name)
{
    for (; *name; name++)
        pb_buf_add_char(out, *name == ';' || *name == '\n' ? '_' : *name);
}

static void put_folded(const struct pb_flame_node *const *path, size_t depth, struct pb_buf *out)
{
    const struct pb_flame_node *node = path[depth - 1];
    int64_t own_ns = node->total_ns;
    for (const struct pb_flame_node *c = node->child; c; c = c->next)
        own_ns -= c->total_ns;
    if (own_ns < 1000) return;
    for (size_t i = 0; i < depth; i++) {
        if (i > 0) pb_buf_add_char(out, ';');
        put_frame(out, path[i]->name);
    }
    pb_buf_printf(out, " %lld\n", (long long)(own_ns / 1000));
}

static void fold(const struct pb_flame_node **path, size_t depth, struct pb_buf *out)
{
    const struct pb_flame_node *parent = path[depth - 1];
    for (const struct pb_flame_node *c = parent->child; c; c = c->next) {
        path[depth] = c;
        put_folded(path + 1, depth, out);
        if (depth < PB_FLAME_DEPTH_MAX) fold(path, depth + 1, out);
    }
}

void pb_flame_folded(const struct pb_flame *flame, struct pb_buf *out)
{
    const struct pb_flame_node *path[PB_FLAME_DEPTH_MAX + 2] = {&flame->root};
    fold(path, 1, out);
}
