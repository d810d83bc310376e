/* SPDX-License-Identifier: MIT */
#include "installer/query/script_review.h"

#include "installer/install/package_file.h"
#include "installer/scripts/script_policy.h"

static void load_policy(struct pl_loaded *l, const char *names, struct pl_script_policy *policy)
{
    struct pl_package_file file;
    struct pl_strs warnings = {0};
    struct pb_err ignored = PB_ERR_INIT;
    int rc = pl_package_file_load(l->root_dirfd, "package.json", &file, &ignored);
    const cJSON *rules =
        rc == 0 ? cJSON_GetObjectItemCaseSensitive(file.doc.root, "allowScripts") : NULL;
    pl_script_policy_load(&l->arena, rules, names, policy, &warnings);
    pl_package_file_free(&file);
}

static bool is_listed(const struct pl_script_package_id *list, size_t n,
                      const struct pl_lock_entry *e)
{
    for (size_t i = 0; i < n; i++)
        if (pb_str_eq(list[i].name, e->name) && pb_str_eq(list[i].version, e->manifest.version))
            return true;
    return false;
}

size_t pl_scripts_pending(struct pl_loaded *l, const char *names, struct pl_script_package_id **out)
{
    struct pl_script_policy policy;
    size_t n = 0;
    load_policy(l, names, &policy);
    *out = PB_ARENA_ARRAY(&l->arena, struct pl_script_package_id, l->lock.n);
    for (size_t i = 1; i < l->lock.n; i++) {
        const struct pl_lock_entry *e = &l->lock.entries[i];
        const struct pl_script_subject subject = {e->name, e->manifest.version, e->resolved};
        bool has_scripts = e->manifest.has_install_script && !e->link && !e->in_bundle;
        if (!has_scripts || pl_script_judge(&policy, &subject) != PL_SCRIPTS_UNREVIEWED) continue;
        if (is_listed(*out, n, e)) continue;
        (*out)[n++] = (struct pl_script_package_id){e->name, e->manifest.version};
    }
    return n;
}

/* An older decision of the same kind about single versions of the package. */
static bool is_outdated(const cJSON *rule, struct pb_str name, bool allow)
{
    struct pb_str key = pb_str(rule->string);
    bool same = cJSON_IsBool(rule) && (bool)cJSON_IsTrue(rule) == allow;
    return same && key.n > name.n && pb_str_eq(pb_strn(key.p, name.n), name) &&
           key.p[name.n] == '@';
}

static bool set_rule(cJSON *rules, const char *key, bool allow)
{
    cJSON *old = cJSON_GetObjectItemCaseSensitive(rules, key);
    if (old && cJSON_IsBool(old) && (bool)cJSON_IsTrue(old) == allow) return false;
    cJSON_DeleteItemFromObjectCaseSensitive(rules, key);
    if (!cJSON_AddBoolToObject(rules, key, allow)) PB_BUG("out of memory: package.json");
    return true;
}

static bool is_denied_by_name(const cJSON *rules, const char *name)
{
    return cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(rules, name));
}

static int decide_all(struct pl_loaded *l, cJSON *rules,
                      const struct pl_script_package_id *packages, size_t n, bool allow, bool pin,
                      size_t *changed, struct pb_err *err)
{
    for (size_t i = 0; i < n; i++) {
        const char *name = pb_arena_cstr(&l->arena, packages[i].name);
        if (allow && is_denied_by_name(rules, name))
            return pb_err_set(err, PB_E_CONFLICT,
                              "approve %s: package.json denies it: take \"%s\": false out of "
                              "allowScripts first",
                              name, name);
        for (cJSON *rule = rules->child, *next; rule && !pin; rule = next) {
            next = rule->next;
            if (is_outdated(rule, packages[i].name, allow))
                cJSON_Delete(cJSON_DetachItemViaPointer(rules, rule));
        }
        const char *key =
            pin ? pb_arena_printf(&l->arena, "%s@" PB_FMT, name, PB_ARG(packages[i].version))
                : name;
        *changed += set_rule(rules, key, allow);
    }
    return 0;
}

int pl_scripts_decide(struct pl_loaded *l, const struct pl_script_package_id *packages, size_t n,
                      bool allow, bool pin, size_t *changed, struct pb_err *err)
{
    struct pl_package_file file;
    int rc = pl_package_file_load(l->root_dirfd, "package.json", &file, err);
    *changed = 0;
    if (rc == 0) {
        cJSON *rules = cJSON_GetObjectItemCaseSensitive(file.doc.root, "allowScripts");
        if (!cJSON_IsObject(rules)) {
            cJSON_DeleteItemFromObjectCaseSensitive(file.doc.root, "allowScripts");
            rules = cJSON_AddObjectToObject(file.doc.root, "allowScripts");
            if (!rules) PB_BUG("out of memory: package.json");
        }
        rc = decide_all(l, rules, packages, n, allow, pin && allow, changed, err);
    }
    if (rc == 0 && *changed > 0)
        rc = pl_package_file_save(l->root_dirfd, "package.json", &file, err);
    pl_package_file_free(&file);
    return rc;
}
