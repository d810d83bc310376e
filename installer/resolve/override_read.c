/* SPDX-License-Identifier: MIT */
#include "installer/resolve/overrides.h"

#include "base/json.h"
#include "installer/manifest/spec.h"
#include "installer/resolve/override_set.h"
#include "installer/resolve/resolutions.h"

enum { DEPTH_MAX = 32 };

/* --- npm's "overrides" --- */

/* "name@spec": the at sign that is not a scope's. */
static void split_key(struct pb_str key, struct pb_str *name, struct pb_str *spec)
{
    ptrdiff_t at = pb_str_find(pb_str_skip(key, 1), '@');
    *name = at < 0 ? key : pb_strn(key.p, (size_t)at + 1);
    *spec = at < 0 ? PB_LIT("*") : pb_str_trim(pb_str_skip(key, (size_t)at + 2));
    if (spec->n == 0) *spec = PB_LIT("*");
}

static int read_set(struct pl_resolver *r, const cJSON *json, struct pl_override_set *set,
                    unsigned depth, struct pb_err *err);

static int add_child(struct pl_resolver *r, const cJSON *item, struct pl_override_set *parent,
                     struct pl_override_set ***end, unsigned depth, struct pb_err *err)
{
    struct pl_override_set *child = PB_ARENA_NEW(&r->arena, struct pl_override_set);
    struct pb_str name;
    child->parent = parent;
    child->key = pb_arena_str(&r->arena, pb_str(item->string));
    split_key(child->key, &name, &child->key_spec);
    if (!pl_name_is_safe(name))
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "cannot apply overrides of package.json: \"%s\": not a package name",
                          item->string);
    child->name = pl_name_intern(&r->names, name);
    **end = child;
    *end = &child->next;
    return read_set(r, item, child, depth + 1, err);
}

static int read_set(struct pl_resolver *r, const cJSON *json, struct pl_override_set *set,
                    unsigned depth, struct pb_err *err)
{
    if (depth > DEPTH_MAX)
        return pb_err_set(err, PB_E_LIMIT,
                          "cannot apply overrides of package.json: nested deeper "
                          "than %d levels",
                          DEPTH_MAX);
    const char *value = cJSON_IsString(json) ? json->valuestring : pb_json_cstr(json, ".");
    if (value && !*value) value = "*";
    set->value = value ? pb_arena_str(&r->arena, pb_str(value)) : set->key_spec;
    set->key_range = pl_range_parse(&r->arena, set->key_spec, 0);
    set->value_range = pl_range_parse(&r->arena, set->value, 0);
    if (!cJSON_IsObject(json)) return 0;
    struct pl_override_set **end = &set->children;
    const cJSON *item;
    cJSON_ArrayForEach (item, json) {
        if (strcmp(item->string, ".") == 0) continue;
        if (add_child(r, item, set, &end, depth, err)) return -1;
    }
    return 0;
}

static int read_overrides(struct pl_resolver *r, struct pb_str json, struct pl_override_set *root,
                          struct pb_err *err)
{
    struct pb_json doc;
    if (json.n == 0) return 0;
    if (pb_json_parse(&doc, json, "overrides", err)) return -1;
    int rc = read_set(r, doc.root, root, 0, err);
    root->value = (struct pb_str){0};
    pb_json_free(&doc);
    return rc;
}

/* --- yarn's "resolutions" --- */

/* The rule of that key, made if there is none: one that only leads to what lies below it. */
static struct pl_override_set *rule_of(struct pl_resolver *r, struct pl_override_set *parent,
                                       const struct pl_resolution_part *part)
{
    struct pb_str spec = part->range.n ? part->range : PB_LIT("*");
    struct pl_name *name = pl_name_intern(&r->names, part->name);
    struct pl_override_set **end = &parent->children;
    for (; *end; end = &(*end)->next)
        if ((*end)->name == name && pb_str_eq((*end)->key_spec, spec) &&
            (*end)->only_direct == part->only_direct)
            return *end;
    struct pl_override_set *rule = PB_ARENA_NEW(&r->arena, struct pl_override_set);
    rule->parent = parent;
    rule->name = name;
    rule->key = part->range.n == 0
                    ? name->text
                    : pb_str(pb_arena_printf(&r->arena, PB_FMT "@" PB_FMT, PB_ARG(part->name),
                                             PB_ARG(part->range)));
    rule->key_spec = rule->value = pb_arena_str(&r->arena, spec);
    rule->key_range = rule->value_range = pl_range_parse(&r->arena, rule->key_spec, 0);
    rule->only_direct = part->only_direct;
    rule->is_resolution = true;
    *end = rule;
    return rule;
}

static bool is_usable_spec(struct pl_resolver *r, const struct pl_resolution_part *part,
                           struct pb_str text)
{
    struct pl_spec spec;
    struct pb_err ignored = PB_ERR_INIT;
    return pb_str_starts(text, "$") ||
           pl_spec_parse(&r->arena, part->name, text, "", &spec, &ignored) == 0;
}

/* Where "overrides" has the same rule, that one counts. */
static void add_resolution(struct pl_resolver *r, const struct pl_dep *entry,
                           struct pl_override_set *root)
{
    struct pl_resolution pattern;
    struct pb_str value = pl_resolution_spec(entry->spec);
    bool is_understood = pl_resolution_parse(entry->name, &pattern) &&
                         is_usable_spec(r, &pattern.parts[pattern.n - 1], value);
    if (!is_understood) {
        pl_warn_line(r,
                     "resolutions of package.json: \"" PB_FMT "\": \"" PB_FMT
                     "\" is left out: write name, parent/name or **/name with a range, version, "
                     "tag or URL",
                     PB_ARG(entry->name), PB_ARG(entry->spec));
        return;
    }
    struct pl_override_set *rule = root;
    for (size_t i = 0; i < pattern.n; i++)
        rule = rule_of(r, rule, &pattern.parts[i]);
    bool is_taken = !pb_str_eq(rule->value, rule->key_spec);
    if (is_taken) return;
    rule->is_resolution = true;
    rule->value = pb_arena_str(&r->arena, value);
    rule->value_range = pl_range_parse(&r->arena, rule->value, 0);
}

int pl_overrides_read(struct pl_resolver *r, const struct pl_manifest *m,
                      const struct pl_override_set **out, struct pb_err *err)
{
    struct pl_override_set *root = PB_ARENA_NEW(&r->arena, struct pl_override_set);
    *out = NULL;
    if (read_overrides(r, m->overrides_json, root, err) != 0) return -1;
    for (size_t i = 0; i < m->resolutions.n && !r->options.ignore_resolutions; i++)
        add_resolution(r, &m->resolutions.items[i], root);
    if (root->children) *out = root;
    return 0;
}
