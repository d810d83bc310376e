/* SPDX-License-Identifier: MIT */
#include "installer/resolve/overrides.h"

#include "installer/resolve/edge.h"
#include "installer/resolve/override_set.h"

enum { RULES_MAX = 256 };

/* Rules in force at a set for what `from` depends on, the nearest first, one a key. NULL: for what
 * anything there depends on. */
static size_t ruleset(const struct pl_override_set *set, const struct pl_name *from,
                      const struct pl_override_set *rules[RULES_MAX])
{
    size_t n = 0;
    for (const struct pl_override_set *at = set; at; at = at->parent) {
        const struct pl_override_set *kid = at->children;
        for (bool self = false; n < RULES_MAX;) {
            const struct pl_override_set *rule = kid ? kid : at->name && !self ? at : NULL;
            if (!rule) break;
            bool shadowed = kid && kid->only_direct && from && from != at->name;
            if (kid)
                kid = kid->next;
            else
                self = true;
            for (size_t i = 0; i < n && !shadowed; i++)
                shadowed = pb_str_eq(rules[i]->key, rule->key);
            if (!shadowed) rules[n++] = rule;
        }
    }
    return n;
}

/* Whether a rule with a version in its key is meant for what the edge asks for. */
static bool rule_meets(const struct pl_override_set *rule, const struct pl_want *want)
{
    if (pb_str_is(rule->key_spec, "*")) return true;
    if (want->kind == PL_SPEC_GIT) return false;
    if (want->kind == PL_SPEC_RANGE || want->kind == PL_SPEC_VERSION)
        return want->range && rule->key_range && pl_range_intersects(want->range, rule->key_range);
    return true;
}

const struct pl_override_set *pl_override_edge_rule(struct pl_resolver *r,
                                                    const struct pl_override_set *set,
                                                    const struct pl_edge *e)
{
    (void)r;
    const struct pl_override_set *rules[RULES_MAX];
    size_t n = ruleset(set, e->from->name, rules);
    for (size_t i = 0; i < n; i++)
        if (rules[i]->name == e->name && rule_meets(rules[i], e->raw)) return rules[i];
    return set;
}

const struct pl_override_set *pl_override_node_rule(const struct pl_override_set *set,
                                                    const struct pl_package *pkg)
{
    const struct pl_override_set *rules[RULES_MAX];
    size_t n = ruleset(set, NULL, rules);
    for (size_t i = 0; i < n; i++) {
        if (rules[i]->name != pkg->name || !pkg->has_version) continue;
        if ((rules[i]->key_range && pl_range_test(rules[i]->key_range, &pkg->version)) ||
            (rules[i]->value_range && pl_range_test(rules[i]->value_range, &pkg->version)))
            return rules[i];
    }
    return set;
}

static const struct pl_deps *root_lists(const struct pl_manifest *m, size_t k)
{
    const struct pl_deps *lists[] = {&m->dev_dependencies, &m->optional_dependencies,
                                     &m->dependencies, &m->peer_dependencies};
    return k < 4 ? lists[k] : NULL;
}

/* "$name": the spec that a manifest itself gives for the name; empty when it gives none. */
static struct pb_str referred(const struct pl_manifest *m, struct pb_str name)
{
    const struct pl_deps *list;
    for (size_t k = 0; (list = root_lists(m, k)) != NULL; k++)
        for (size_t i = 0; i < list->n; i++)
            if (pb_str_eq(list->items[i].name, name)) return list->items[i].spec;
    return (struct pb_str){0};
}

struct pl_want *pl_override_want(struct pl_resolver *r, const struct pl_override_set *rule,
                                 const struct pl_edge *e)
{
    if (rule->name != e->name || rule->value.n == 0 || pb_str_is(rule->value, "*")) return NULL;
    if (rule->value.p[0] != '$') return pl_want_get(r, e->name, rule->value);
    struct pb_str name = pb_str_skip(rule->value, 1), spec = referred(r->root_manifest, name);
    if (spec.n == 0) spec = referred(e->from->pkg->m, name);
    if (spec.n) return pl_want_get(r, e->name, spec);
    (void)pb_err_set(&r->err, PB_E_BAD_INPUT,
                     "cannot apply the override \"" PB_FMT "\" of " PB_FMT
                     ": package.json has no dependency of that name",
                     PB_ARG(rule->value), PB_ARG(e->name->text));
    return NULL;
}

const struct pl_want *pl_override_key(struct pl_resolver *r, const struct pl_override_set *rule,
                                      struct pl_name *name)
{
    return rule->key_spec.n ? pl_want_get(r, name, rule->key_spec) : NULL;
}

bool pl_override_pins(const struct pl_override_set *rule, const struct pl_name *name,
                      struct pb_str version)
{
    return rule->name == name && pb_str_eq(rule->value, version);
}

bool pl_override_is_resolution(const struct pl_override_set *rule)
{
    return rule->is_resolution;
}

static bool equal_children(const struct pl_override_set *a, const struct pl_override_set *b)
{
    size_t na = 0, nb = 0;
    for (const struct pl_override_set *c = b->children; c; c = c->next)
        nb++;
    for (const struct pl_override_set *c = a->children; c; c = c->next, na++) {
        const struct pl_override_set *d = b->children;
        while (d && !(pb_str_eq(c->key, d->key) && c->only_direct == d->only_direct))
            d = d->next;
        if (!d || !pb_str_eq(c->value, d->value) || !equal_children(c, d)) return false;
    }
    return na == nb;
}

bool pl_overrides_equal(const struct pl_override_set *a, const struct pl_override_set *b)
{
    if (a == b) return true;
    if (!a || !b) return false;
    if (!pb_str_eq(a->key, b->key) || !pb_str_eq(a->value, b->value)) return false;
    return equal_children(a, b) &&
           (a->parent ? pl_overrides_equal(a->parent, b->parent) : !b->parent);
}

static bool is_plain_range(const struct pl_override_set *rule)
{
    return rule->value_range && rule->value.p[0] != '$';
}

static bool rules_conflict(const struct pl_override_set *a, const struct pl_override_set *b)
{
    const struct pl_override_set *of_a[RULES_MAX], *of_b[RULES_MAX];
    size_t na = ruleset(a, NULL, of_a), nb = ruleset(b, NULL, of_b);
    for (size_t i = 0; i < na; i++) {
        size_t j = 0;
        while (j < nb && !pb_str_eq(of_a[i]->key, of_b[j]->key))
            j++;
        if (j == nb || pl_overrides_equal(of_a[i], of_b[j])) continue;
        if (is_plain_range(of_a[i]) && is_plain_range(of_b[j]) &&
            !pl_range_intersects(of_a[i]->value_range, of_b[j]->value_range))
            return true;
    }
    return false;
}

/* The more specific of two sets, else what they have in common; *found false: they conflict. */
static const struct pl_override_set *most_specific(const struct pl_override_set *a,
                                                   const struct pl_override_set *b, bool *found)
{
    *found = true;
    for (const struct pl_override_set *at = b; at; at = at->parent)
        if (pl_overrides_equal(at, a)) return b;
    for (const struct pl_override_set *at = a; at; at = at->parent)
        if (pl_overrides_equal(at, b)) return a;
    *found = !rules_conflict(a, b);
    if (!*found) return NULL;
    for (const struct pl_override_set *of_b = b; of_b; of_b = of_b->parent)
        for (const struct pl_override_set *of_a = a; of_a; of_a = of_a->parent)
            if (pl_overrides_equal(of_a, of_b)) return of_a;
    return NULL;
}

bool pl_overrides_conflict(struct pl_resolver *r, const struct pl_override_set *a,
                           const struct pl_override_set *b)
{
    (void)r;
    bool found;
    (void)most_specific(a, b, &found);
    return !found;
}

static bool applies_below(struct pl_resolver *r, const struct pl_override_set *rules,
                          struct pl_node *node, uint32_t stamp)
{
    if (node->is_link) node = node->target;
    if (node->set_stamp == stamp) return false;
    node->set_stamp = stamp;
    PL_EACH_OUT(node, e)
    {
        if (pl_override_edge_rule(r, rules, e)->name == e->name) return true;
        if (e->to && applies_below(r, rules, e->to, stamp)) return true;
    }
    return false;
}

static void pass_down(struct pl_resolver *r, struct pl_node *node)
{
    if (node->is_link) {
        if (node->overrides && applies_below(r, node->overrides, node, pl_next_stamp(r)))
            pl_overrides_edge_entered(r, node->target, node->overrides);
        return;
    }
    PL_EACH_OUT(node, e)
    {
        pl_edge_reload(r, e, true);
        if (e->to) pl_overrides_edge_entered(r, e->to, e->overrides);
    }
}

void pl_overrides_edge_entered(struct pl_resolver *r, struct pl_node *node,
                               const struct pl_override_set *rules)
{
    if (!rules || pl_overrides_equal(node->overrides, rules)) return;
    bool found = true;
    const struct pl_override_set *next =
        node->overrides ? most_specific(node->overrides, rules, &found) : rules;
    if (!next || pl_overrides_equal(node->overrides, next)) return;
    node->overrides = next;
    pass_down(r, node);
}

void pl_overrides_edge_left(struct pl_resolver *r, struct pl_node *node,
                            const struct pl_override_set *rules)
{
    if (!node->overrides || !pl_overrides_equal(node->overrides, rules)) return;
    const struct pl_override_set *next = NULL;
    for (uint32_t i = 0; i < node->n_edges_in; i++) {
        const struct pl_override_set *other = node->edges_in[i]->overrides;
        bool found;
        next = next && other ? most_specific(other, next, &found) : other;
    }
    if (pl_overrides_equal(node->overrides, next)) return;
    node->overrides = next;
    if (next) pass_down(r, node);
}

struct pl_want *pl_overrides_guess(struct pl_resolver *r, const struct pl_want *want)
{
    const struct pl_override_set *rule = r->override_rules ? r->override_rules->children : NULL;
    for (; rule; rule = rule->next) {
        if (rule->name != want->name || !rule_meets(rule, want)) continue;
        if (pb_str_is(rule->value, "*")) return NULL;
        if (rule->value.p[0] != '$') return pl_want_get(r, rule->name, rule->value);
        struct pb_str spec = referred(r->root_manifest, pb_str_skip(rule->value, 1));
        return spec.n ? pl_want_get(r, rule->name, spec) : NULL;
    }
    return NULL;
}

int pl_overrides_check_root(struct pl_resolver *r, struct pb_err *err)
{
    if (!r->root->overrides) return 0;
    PL_EACH_OUT(r->root, e)
    {
        if (pl_edge_want(r, e) != e->raw && !e->overrides->is_resolution)
            return pb_err_set(err, PB_E_CONFLICT,
                              "override of " PB_FMT "@" PB_FMT
                              " conflicts with the direct dependency: change one of the two",
                              PB_ARG(e->name->text), PB_ARG(e->raw->raw));
    }
    return 0;
}
