/* SPDX-License-Identifier: MIT */
#include "installer/install/script_leave.h"

#include "installer/config/default_registry.h"
#include "installer/install/install_internal.h"
#include "installer/scripts/script_policy.h"

static const struct pl_script_policy *policy_of(struct install *in)
{
    if (in->script_policy) return in->script_policy;
    struct pl_package_file root;
    struct pb_err ignored = PB_ERR_INIT;
    struct pl_script_policy *policy = PB_ARENA_NEW(&in->arena, struct pl_script_policy);
    int rc = pl_package_file_load(in->root_dirfd, "package.json", &root, &ignored);
    const cJSON *rules =
        rc == 0 ? cJSON_GetObjectItemCaseSensitive(root.doc.root, "allowScripts") : NULL;
    pl_script_policy_load(&in->arena, rules, pl_config_get(in->set->config, "allow-scripts"),
                          policy, &in->result->warnings);
    policy->allow_all = pl_config_bool(in->set->config, "dangerously-allow-all-scripts", false);
    pl_package_file_free(&root);
    in->script_policy = policy;
    return policy;
}

/* "https://registry/name/-/base-1.0.0.tgz" of a registry that is trusted: the configured one for
 * this name, or the one this plumb was built for. The rest of the URL must say what the lock says.
 */
static bool is_from_registry(struct install *in, const struct pl_lock_entry *e)
{
    struct pb_err ignored = PB_ERR_INIT;
    if (e->resolved.n == 0) return true; /* it will be asked from the registry */
    const char *registries[] = {pl_config_registry(in->set->config, e->name, &ignored),
                                pl_built_in_registry()};
    ptrdiff_t slash = pb_str_rfind(e->name, '/');
    const char *rest = pb_arena_printf(
        &in->arena, PB_FMT "/-/" PB_FMT "-" PB_FMT ".tgz", PB_ARG(e->name),
        PB_ARG(pb_str_skip(e->name, (size_t)(slash + 1))), PB_ARG(e->manifest.version));
    for (size_t i = 0; i < sizeof registries / sizeof registries[0]; i++) {
        if (!registries[i] || !*registries[i] || !pb_str_starts(e->resolved, registries[i]))
            continue;
        if (pb_str_is(pb_str_skip(e->resolved, strlen(registries[i])), rest)) return true;
    }
    return false;
}

static enum pl_script_verdict judge(struct install *in, const struct pl_lock_entry *e)
{
    const struct pl_script_policy *policy = policy_of(in);
    struct pl_script_subject subject = {.source = e->resolved};
    if (e->in_bundle || (policy->n == 0 && !policy->allow_all)) return PL_SCRIPTS_UNREVIEWED;
    if (is_from_registry(in, e)) {
        subject.name = e->name;
        subject.version = e->manifest.version;
    }
    return pl_script_judge(policy, &subject);
}

bool pl_may_run_scripts(struct install *in, const struct pl_lock_entry *e)
{
    return !in->set->ignore_scripts && judge(in, e) == PL_SCRIPTS_ALLOWED;
}

void pl_scripts_read_policy(struct install *in)
{
    (void)policy_of(in);
}

bool pl_may_prepare(void *user, struct pb_str resolved)
{
    const struct install *in = user;
    const struct pl_script_subject subject = {.source = resolved};
    return pl_script_judge(in->script_policy, &subject) == PL_SCRIPTS_ALLOWED;
}

static bool is_named(const struct pl_strs *names, struct pb_str name)
{
    for (size_t i = 0; i < names->n; i++)
        if (pb_str_eq(names->items[i], name)) return true;
    return names->n == 0;
}

size_t pl_unkeep_for_scripts(struct install *in, struct pl_wanted_tree *tree)
{
    size_t n = 0;
    for (size_t i = 1; i < tree->n && in->set->rebuild; i++) {
        struct pl_wanted *item = &tree->items[i];
        bool is_inside = item->parent > 0 && !tree->items[item->parent].is_kept;
        bool is_meant = item->kind == PL_WANTED_PACKAGE &&
                        is_named(in->set->rebuild, item->entry->name) &&
                        pl_may_run_scripts(in, item->entry);
        if (!item->is_kept || !(is_inside || is_meant)) continue;
        item->is_kept = false;
        n++;
    }
    return n;
}

static void list_not_run(struct install *in, const struct pl_lock_entry *e)
{
    if (!e->manifest.has_install_script || judge(in, e) != PL_SCRIPTS_UNREVIEWED) return;
    pl_strs_add(&in->result->arena, &in->result->with_scripts,
                pb_arena_printf(&in->result->arena, PB_FMT "@" PB_FMT, PB_ARG(e->name),
                                PB_ARG(e->manifest.version)));
}

void pl_package_scripts_list(struct install *in, const struct pl_wanted_tree *tree)
{
    for (size_t i = 1; i < tree->n && !in->set->ignore_scripts; i++)
        if (tree->items[i].kind == PL_WANTED_PACKAGE) list_not_run(in, tree->items[i].entry);
}

/* What the packed package.json says that its repository or folder would have had to be prepared
 * for; its install scripts are listed already. A folder is only asked to prepare itself. NULL:
 * nothing. */
static const char *lacks_preparation(struct install *in, const struct pl_wanted *item,
                                     bool is_folder)
{
    struct pl_manifest m;
    struct pb_err ignored = PB_ERR_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    const char *file = pb_arena_printf(&arena, "%s/package.json", item->path);
    const char *why = NULL;
    if (pl_manifest_load(&arena, in->root_dirfd, file, &m, &ignored) == 0)
        why = pl_git_preparation(&m);
    if (is_folder && why && strcmp(why, PL_PREPARE_SCRIPT) != 0) why = NULL;
    pb_arena_release(&arena);
    return why;
}

static void warn_of_unprepared(struct install *in, const struct pl_wanted *item)
{
    struct pb_str resolved = item->entry->resolved;
    bool is_folder = pl_is_packed_folder(item->entry);
    bool is_git = pb_str_starts(resolved, "git+") || pb_str_starts(resolved, "git:");
    if (!(is_git || is_folder) || item->kind != PL_WANTED_PACKAGE || item->is_kept) return;
    if (judge(in, item->entry) != PL_SCRIPTS_UNREVIEWED) return;
    const char *why = lacks_preparation(in, item, is_folder);
    if (!why) return;
    ptrdiff_t hash = is_git ? pb_str_find(resolved, '#') : 0;
    if (hash > 0) resolved.n = (size_t)hash;
    pl_result_warn(in->result,
                   PB_FMT "@" PB_FMT " was packed as its %s stands, which has %s to build it with: "
                          "allow that by \"" PB_FMT "\": true in package.json's allowScripts, then "
                          "`plumb rebuild " PB_FMT "`",
                   PB_ARG(item->entry->name), PB_ARG(item->entry->manifest.version),
                   is_git ? "repository" : "folder", why, PB_ARG(resolved),
                   PB_ARG(item->entry->name));
}

void pl_warn_of_unprepared(struct install *in, const struct pl_wanted_tree *tree)
{
    for (size_t i = 1; i < tree->n && !in->set->ignore_scripts; i++)
        warn_of_unprepared(in, &tree->items[i]);
}
