/* SPDX-License-Identifier: MIT */
/* Versions of a packument in semver order, made once at the first pick that needs it. */
#include "installer/registry/packument_internal.h"

#include "base/mem.h"

#include <stdlib.h>

struct sort_item {
    uint64_t key;
    const struct pl_version *version;
    uint32_t index;
};

/*
 * The leading part of precedence as one number, so that most comparisons need no structs: 20 bits
 * major, 20 minor, 23 patch, 1 release. It never contradicts precedence: a part that does not fit
 * fills the rest with ones, which leaves the decision to the full comparison.
 */
static uint64_t sort_key(const struct pl_version *v)
{
    const uint64_t max20 = (1u << 20) - 1, max23 = (1u << 23) - 1;
    if (v->major >= max20) return UINT64_MAX;
    uint64_t key = v->major << 44;
    if (v->minor >= max20) return key | ((1ULL << 44) - 1);
    key |= v->minor << 24;
    if (v->patch >= max23) return key | ((1ULL << 24) - 1);
    return key | v->patch << 1 | (v->pre.n == 0);
}

/* Highest first; of equal versions the later one, as later keys of a document replace earlier. */
static int compare_items(const void *left, const void *right)
{
    const struct sort_item *a = left, *b = right;
    if (a->key != b->key) return a->key < b->key ? 1 : -1;
    int order = pl_version_cmp(b->version, a->version);
    if (order) return order;
    return a->index < b->index ? 1 : -1;
}

static size_t parse_versions(const struct pl_packument *p, struct pl_version *parsed,
                             struct sort_item *items)
{
    size_t n = 0;
    for (size_t i = 0; i < p->version_count; i++) {
        struct pl_version *v = &parsed[i];
        if (!pl_version_parse(p->versions[i].text, true, v)) continue;
        items[n++] = (struct sort_item){sort_key(v), v, (uint32_t)i};
    }
    return n;
}

void pl_packument_sort(const struct pl_packument *p)
{
    struct pl_packument_lazy *lazy = p->lazy;
    if (lazy->order || p->version_count == 0) return;
    struct pl_version *parsed = pb_calloc(p->version_count, sizeof *parsed);
    struct sort_item *items = pb_calloc(p->version_count, sizeof *items);
    lazy->order = pb_calloc(p->version_count, sizeof *lazy->order);
    lazy->order_n = parse_versions(p, parsed, items);
    if (lazy->order_n) qsort(items, lazy->order_n, sizeof *items, compare_items);
    for (size_t i = 0; i < lazy->order_n; i++)
        lazy->order[i] = items[i].index;
    free(items);
    free(parsed);
}
