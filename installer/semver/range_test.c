/* SPDX-License-Identifier: MIT */
#include "installer/semver/range.h"

static bool has_same_tuple(const struct pl_version *a, const struct pl_version *b)
{
    return a->major == b->major && a->minor == b->minor && a->patch == b->patch;
}

bool pl_comparator_eq(const struct pl_comparator *a, const struct pl_comparator *b)
{
    return a->op == b->op && has_same_tuple(&a->version, &b->version) &&
           pb_str_eq(a->version.pre, b->version.pre);
}

bool pl_comparator_is_null(const struct pl_comparator *c)
{
    const struct pl_version *v = &c->version;
    return c->op == PL_LT && v->major == 0 && v->minor == 0 && v->patch == 0 &&
           pb_str_is(v->pre, "0");
}

bool pl_comparator_set_test(const struct pl_comparator *items, size_t n, const struct pl_version *v,
                            unsigned flags)
{
    for (size_t i = 0; i < n; i++) {
        if (!pl_comparator_test(&items[i], v)) return false;
    }
    if (v->pre.n == 0 || flags & PL_RANGE_INCLUDE_PRERELEASE) return true;
    for (size_t i = 0; i < n; i++) {
        if (items[i].version.pre.n > 0 && has_same_tuple(&items[i].version, v)) return true;
    }
    return false;
}

bool pl_range_test(const struct pl_range *range, const struct pl_version *version)
{
    for (size_t i = 0; i < range->set_count; i++) {
        const struct pl_comparator_set *set = &range->sets[i];
        if (pl_comparator_set_test(set->items, set->n, version, range->flags)) return true;
    }
    return false;
}

bool pl_semver_satisfies(struct pb_str version, struct pb_str range, unsigned flags)
{
    struct pl_version v;
    if (!pl_version_parse(version, (flags & PL_RANGE_LOOSE) != 0, &v)) return false;
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pl_range *r = pl_range_parse(&arena, range, flags);
    bool fits = r && pl_range_test(r, &v);
    pb_arena_release(&arena);
    return fits;
}
