/* SPDX-License-Identifier: MIT */
#include "installer/resolve/queue.h"

#include "base/mem.h"
#include "installer/lockfile/locale_cmp.h"

static bool is_before(const struct pl_queue_item *a, const struct pl_queue_item *b)
{
    if (a->depth != b->depth) return a->depth < b->depth;
    int order = pl_locale_cmp(a->location, b->location);
    return order ? order < 0 : a->number < b->number;
}

static void swap(struct pl_resolver *r, size_t a, size_t b)
{
    struct pl_queue_item item = r->queue[a];
    r->queue[a] = r->queue[b];
    r->queue[b] = item;
}

/* The key is taken now: a node that leaves the tree while queued must not disturb the heap. */
void pl_queue_push(struct pl_resolver *r, struct pl_node *node)
{
    if (node->is_queued) return;
    node->is_queued = true;
    PB_GROW(r->queue, r->queue_cap, r->n_queue + 1);
    size_t at = r->n_queue++;
    r->queue[at] = (struct pl_queue_item){node->is_top ? 0 : node->depth, node->location, node,
                                          pl_next_stamp(r)};
    while (at > 0 && is_before(&r->queue[at], &r->queue[(at - 1) / 2])) {
        swap(r, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

struct pl_node *pl_queue_first(const struct pl_resolver *r)
{
    return r->n_queue ? r->queue[0].node : NULL;
}

static void sift_down(struct pl_resolver *r, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < r->n_queue; child++)
            if (is_before(&r->queue[child], &r->queue[least])) least = child;
        if (least == at) return;
        swap(r, at, least);
        at = least;
    }
}

void pl_queue_take(struct pl_resolver *r)
{
    r->queue[0].node->is_queued = false;
    r->queue[0] = r->queue[--r->n_queue];
    if (r->n_queue) sift_down(r, 0);
}
