/* SPDX-License-Identifier: MIT */
/* Ranges as sets of versions, after node-semver's ranges/subset.js and the intersects() methods of
 * its Range and Comparator. */
#include "installer/semver/range.h"

static const struct pl_comparator at_least_zero = {.op = PL_GE};
static const struct pl_comparator at_least_zero_pre = {.version.pre = {"0", 1}, .op = PL_GE};

static bool is_upward(const struct pl_comparator *c)
{
    return c->op == PL_GT || c->op == PL_GE;
}

static bool is_downward(const struct pl_comparator *c)
{
    return c->op == PL_LT || c->op == PL_LE;
}

static bool is_any(struct pl_comparator_set s)
{
    return s.n == 1 && s.items[0].op == PL_ANY;
}

static bool set_eq(struct pl_comparator_set a, struct pl_comparator_set b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++) {
        if (!pl_comparator_eq(&a.items[i], &b.items[i])) return false;
    }
    return true;
}

/* The stricter of two lower (upper) bounds; `a` may be NULL. */
static const struct pl_comparator *higher(const struct pl_comparator *a,
                                          const struct pl_comparator *b)
{
    if (!a) return b;
    int order = pl_version_cmp(&a->version, &b->version);
    if (order != 0) return order > 0 ? a : b;
    return b->op == PL_GT && a->op == PL_GE ? b : a;
}

static const struct pl_comparator *lower(const struct pl_comparator *a,
                                         const struct pl_comparator *b)
{
    if (!a) return b;
    int order = pl_version_cmp(&a->version, &b->version);
    if (order != 0) return order < 0 ? a : b;
    return b->op == PL_LT && a->op == PL_LE ? b : a;
}

/* What a comparator set comes down to. */
struct bounds {
    const struct pl_comparator *gt, *lt, *eq;
    bool is_empty; /* nothing can satisfy it */
    bool is_point; /* ">=v <=v" */
};

static struct bounds bounds_of(struct pl_comparator_set s)
{
    struct bounds b = {0};
    for (size_t i = 0; i < s.n; i++) {
        const struct pl_comparator *c = &s.items[i];
        if (is_upward(c)) {
            b.gt = higher(b.gt, c);
        } else if (is_downward(c)) {
            b.lt = lower(b.lt, c);
        } else {
            b.is_empty = b.is_empty || b.eq;
            b.eq = c;
        }
    }
    if (b.gt && b.lt) {
        int order = pl_version_cmp(&b.gt->version, &b.lt->version);
        b.is_point = order == 0;
        if (order > 0 || (order == 0 && (b.gt->op != PL_GE || b.lt->op != PL_LE)))
            b.is_empty = true;
    }
    return b;
}

/* satisfies(version, String(comparator)) */
static bool holds(const struct pl_comparator *c, const struct pl_version *v, unsigned flags)
{
    return pl_comparator_set_test(c, 1, v, flags);
}

enum relation { NOT_SUBSET, SUBSET, EMPTY };

static enum relation point_in_set(const struct bounds *sub, struct pl_comparator_set dom,
                                  unsigned flags)
{
    const struct pl_version *v = &sub->eq->version;
    if (sub->gt && !holds(sub->gt, v, flags)) return EMPTY;
    if (sub->lt && !holds(sub->lt, v, flags)) return EMPTY;
    for (size_t i = 0; i < dom.n; i++) {
        if (!holds(&dom.items[i], v, flags)) return NOT_SUBSET;
    }
    return SUBSET;
}

/* A bound with a prerelease lets prereleases of its own tuple in; so must the other set. */
static bool names_prerelease_of(struct pl_comparator_set dom, const struct pl_version *v)
{
    for (size_t i = 0; i < dom.n; i++) {
        const struct pl_version *d = &dom.items[i].version;
        if (d->pre.n > 0 && d->major == v->major && d->minor == v->minor && d->patch == v->patch)
            return true;
    }
    return false;
}

static bool bound_within(const struct pl_comparator *bound, const struct pl_comparator *c, bool up)
{
    if (!bound) return true;
    if (up ? is_upward(c) : is_downward(c)) return (up ? higher : lower)(bound, c) == bound;
    return bound->op != (up ? PL_GE : PL_LE) || pl_comparator_test(c, &bound->version);
}

static bool span_in_set(const struct bounds *sub, struct pl_comparator_set dom, unsigned flags)
{
    bool dom_up = false, dom_down = false;
    for (size_t i = 0; i < dom.n; i++) {
        const struct pl_comparator *c = &dom.items[i];
        dom_up = dom_up || is_upward(c);
        dom_down = dom_down || is_downward(c);
        if (!bound_within(sub->gt, c, true) || !bound_within(sub->lt, c, false)) return false;
        if ((c->op == PL_EQ || c->op == PL_ANY) && !sub->is_point) return false;
    }
    /* open on a side where the other is not */
    if (sub->gt && dom_down && !sub->lt) return false;
    if (sub->lt && dom_up && !sub->gt) return false;
    if (flags & PL_RANGE_INCLUDE_PRERELEASE) return true;

    const struct pl_comparator *gt = sub->gt, *lt = sub->lt;
    if (gt && gt->version.pre.n > 0 && !names_prerelease_of(dom, &gt->version)) return false;
    if (!lt || lt->version.pre.n == 0) return true;
    bool is_release_bound = lt->op == PL_LT && pb_str_is(lt->version.pre, "0");
    return is_release_bound || names_prerelease_of(dom, &lt->version);
}

static enum relation set_in_set(struct pl_comparator_set sub, struct pl_comparator_set dom,
                                unsigned flags)
{
    bool pre = (flags & PL_RANGE_INCLUDE_PRERELEASE) != 0;
    if (set_eq(sub, dom)) return SUBSET;
    if (is_any(sub)) sub.items = pre ? &at_least_zero_pre : &at_least_zero;
    if (is_any(dom)) {
        if (pre) return SUBSET;
        dom.items = &at_least_zero;
    }
    struct bounds bounds = bounds_of(sub);
    if (bounds.is_empty) return EMPTY;
    if (bounds.eq) return point_in_set(&bounds, dom, flags);
    return span_in_set(&bounds, dom, flags) ? SUBSET : NOT_SUBSET;
}

bool pl_range_subset(const struct pl_range *sub, const struct pl_range *dom)
{
    bool saw_non_empty = false;
    for (size_t i = 0; i < sub->set_count; i++) {
        enum relation relation = EMPTY;
        for (size_t k = 0; k < dom->set_count && relation != SUBSET; k++) {
            relation = set_in_set(sub->sets[i], dom->sets[k], sub->flags);
            saw_non_empty = saw_non_empty || relation != EMPTY;
        }
        if (relation != SUBSET && saw_non_empty) return false;
    }
    return true;
}

/* "<0.0.0", of which nothing is lower (without prereleases). */
static bool is_below_all(const struct pl_comparator *c, unsigned flags)
{
    const struct pl_version *v = &c->version;
    if (flags & PL_RANGE_INCLUDE_PRERELEASE) return pl_comparator_is_null(c);
    return c->op == PL_LT && v->major == 0 && v->minor == 0 && v->patch == 0;
}

static bool comparators_meet(const struct pl_comparator *a, const struct pl_comparator *b,
                             unsigned flags)
{
    if (a->op == PL_ANY) return true;
    if (a->op == PL_EQ) return holds(b, &a->version, flags);
    if (b->op == PL_ANY) return true;
    if (b->op == PL_EQ) return holds(a, &b->version, flags);
    if (is_below_all(a, flags) || is_below_all(b, flags)) return false;
    if (is_upward(a) == is_upward(b)) return true;

    int order = pl_version_cmp(&a->version, &b->version);
    if (order == 0) return (a->op & PL_EQ) && (b->op & PL_EQ);
    return is_upward(a) ? order < 0 : order > 0;
}

static bool can_be_satisfied(struct pl_comparator_set s, unsigned flags)
{
    for (size_t i = s.n; i-- > 1;) {
        for (size_t k = 0; k < i; k++) {
            if (!comparators_meet(&s.items[i], &s.items[k], flags)) return false;
        }
    }
    return true;
}

static bool sets_meet(struct pl_comparator_set a, struct pl_comparator_set b, unsigned flags)
{
    for (size_t i = 0; i < a.n; i++) {
        for (size_t k = 0; k < b.n; k++) {
            if (!comparators_meet(&a.items[i], &b.items[k], flags)) return false;
        }
    }
    return true;
}

bool pl_range_intersects(const struct pl_range *a, const struct pl_range *b)
{
    for (size_t i = 0; i < a->set_count; i++) {
        if (!can_be_satisfied(a->sets[i], a->flags)) continue;
        for (size_t k = 0; k < b->set_count; k++) {
            if (can_be_satisfied(b->sets[k], a->flags) &&
                sets_meet(a->sets[i], b->sets[k], a->flags))
                return true;
        }
    }
    return false;
}
