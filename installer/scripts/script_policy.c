/* SPDX-License-Identifier: MIT */
#include "installer/scripts/script_policy.h"

#include "installer/manifest/spec.h"
#include "installer/semver/semver.h"

struct loader {
    struct pb_arena *arena;
    struct pl_script_policy *policy;
    struct pl_strs *warnings;
};

static void warn(struct loader *l, struct pb_str key, const char *why)
{
    pl_strs_add(
        l->arena, l->warnings,
        pb_arena_printf(l->arena, "allowScripts: \"" PB_FMT "\" is ignored: %s", PB_ARG(key), why));
}

/* "1.0.0 || 2.0.0": anything wider would allow versions that nobody has looked at. */
static bool are_exact(struct pb_str versions)
{
    struct pl_version version;
    for (ptrdiff_t at; (at = pb_str_search(versions, PB_LIT("||"))) >= 0;) {
        if (!pl_version_parse(pb_str_trim(pb_strn(versions.p, (size_t)at)), true, &version))
            return false;
        versions = pb_str_skip(versions, (size_t)at + 2);
    }
    return pl_version_parse(pb_str_trim(versions), true, &version);
}

static void add_rule(struct loader *l, struct pb_str key, bool allow)
{
    struct pl_spec spec;
    struct pb_err why = PB_ERR_INIT;
    struct pl_script_rule rule = {.allow = allow};
    if (pl_spec_parse(l->arena, PB_LIT(""), key, NULL, &spec, &why) != 0) {
        warn(l, key, "it is no package");
        return;
    }
    bool is_name = spec.kind == PL_SPEC_RANGE || spec.kind == PL_SPEC_VERSION;
    bool is_any = spec.kind == PL_SPEC_RANGE && pb_str_is(spec.fetch, "*");
    if (spec.kind == PL_SPEC_TAG || spec.kind == PL_SPEC_ALIAS || (is_name && spec.name.n == 0)) {
        warn(l, key, "give a name, exact versions or a source");
        return;
    }
    if (is_name && !is_any && !are_exact(spec.fetch)) {
        warn(l, key, "give exact versions, joined by ||");
        return;
    }
    if (is_name)
        rule.name = spec.name;
    else
        rule.source = spec.raw;
    if (is_name && !is_any) rule.versions = spec.fetch;
    l->policy->rules[l->policy->n++] = rule;
}

static void load_names(struct loader *l, const char *names)
{
    size_t most = strlen(names) + 1;
    l->policy->rules = PB_ARENA_ARRAY(l->arena, struct pl_script_rule, most);
    while (*names) {
        size_t n = strcspn(names, ",\r\n");
        struct pb_str name = pb_str_trim(pb_strn(names, n));
        if (name.n > 0) add_rule(l, name, true);
        names += n + strspn(names + n, ",\r\n");
    }
}

void pl_script_policy_load(struct pb_arena *arena, const cJSON *rules, const char *names,
                           struct pl_script_policy *out, struct pl_strs *warnings)
{
    struct loader l = {arena, out, warnings};
    *out = (struct pl_script_policy){0};
    if (cJSON_IsObject(rules) && rules->child) {
        const cJSON *rule;
        out->rules =
            PB_ARENA_ARRAY(arena, struct pl_script_rule, (size_t)cJSON_GetArraySize(rules));
        cJSON_ArrayForEach (rule, rules) {
            struct pb_str key = pb_arena_str(arena, pb_str(rule->string));
            if (cJSON_IsBool(rule))
                add_rule(&l, key, cJSON_IsTrue(rule));
            else
                warn(&l, key, "its value must be true or false");
        }
    } else if (names) {
        load_names(&l, names);
    }
}

/* A git rule without a commit is for all of them, one with a (short) commit for that one. */
static bool is_same_source(struct pb_str rule, struct pb_str source)
{
    if (pb_str_eq(rule, source)) return true;
    ptrdiff_t rule_at = pb_str_find(rule, '#');
    ptrdiff_t source_at = pb_str_find(source, '#');
    if (!pb_str_starts(source, "git") || source_at < 0) return false;
    struct pb_str url = pb_strn(rule.p, rule_at < 0 ? rule.n : (size_t)rule_at);
    if (!pb_str_eq(url, pb_strn(source.p, (size_t)source_at))) return false;
    struct pb_str wanted = rule_at < 0 ? PB_LIT("") : pb_str_skip(rule, (size_t)rule_at + 1);
    struct pb_str commit = pb_str_skip(source, (size_t)source_at + 1);
    return wanted.n <= commit.n && pb_str_eq(wanted, pb_strn(commit.p, wanted.n));
}

static bool matches(const struct pl_script_rule *rule, const struct pl_script_subject *subject)
{
    if (rule->source.n > 0)
        return subject->name.n == 0 && is_same_source(rule->source, subject->source);
    if (subject->name.n == 0 || !pb_str_eq(rule->name, subject->name)) return false;
    return rule->versions.n == 0 ||
           pl_semver_satisfies(subject->version, rule->versions, PL_RANGE_LOOSE);
}

enum pl_script_verdict pl_script_judge(const struct pl_script_policy *policy,
                                       const struct pl_script_subject *subject)
{
    enum pl_script_verdict verdict = PL_SCRIPTS_UNREVIEWED;
    if (policy->allow_all) return PL_SCRIPTS_ALLOWED;
    for (size_t i = 0; i < policy->n; i++) {
        if (!matches(&policy->rules[i], subject)) continue;
        if (!policy->rules[i].allow) return PL_SCRIPTS_DENIED;
        verdict = PL_SCRIPTS_ALLOWED;
    }
    return verdict;
}
