/* SPDX-License-Identifier: MIT */
#include "installer/install/run_scripts.h"

#include "base/fs.h"
#include "base/mem.h"
#include "installer/config/default_registry.h"
#include "installer/install/install_internal.h"
#include "installer/lockfile/locale_cmp.h"
#include "installer/scripts/lifecycle.h"
#include "installer/scripts/script_policy.h"

#include <stdlib.h>
#include <unistd.h>

struct job {
    size_t index;   /* of the place */
    unsigned depth; /* node_modules folders above */
    const char *dir;
    struct pl_package_file file;
};

struct pl_package_scripts {
    struct install *in;
    struct pl_wanted_tree *tree;
    struct pl_script_host host;
    struct job *jobs;
    size_t n;
};

static int open_host(struct install *in, struct pl_script_host *host, struct pb_err *err)
{
    char cwd[4096];
    PB_AUTO_FREE char *root = pb_real_path(in->set->project_dir, err);
    if (!root) return -1;
    *host = (struct pl_script_host){
        .config = in->set->config,
        .root_dir = pb_arena_cstr(&in->arena, pb_str(root)),
        .command = in->set->command ? in->set->command : "install",
        .init_cwd = pb_arena_cstr(&in->arena, pb_str(getcwd(cwd, sizeof cwd) ? cwd : root)),
    };
    const char *init_cwd = getenv("INIT_CWD");
    if (init_cwd && *init_cwd) host->init_cwd = pb_arena_cstr(&in->arena, pb_str(init_cwd));
    pl_script_host_find(&in->arena, host);
    return 0;
}

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

static unsigned depth_of(struct pb_str path)
{
    unsigned depth = 0;
    for (; path.n > 0; path = pl_path_owner(path))
        depth++;
    return depth;
}

static bool is_named(const struct pl_strs *names, struct pb_str name)
{
    for (size_t i = 0; i < names->n; i++)
        if (pb_str_eq(names->items[i], name)) return true;
    return names->n == 0;
}

static bool is_candidate(const struct pl_wanted *item)
{
    return item->kind == PL_WANTED_PACKAGE && !item->is_kept;
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

static int by_depth(const void *a, const void *b)
{
    const struct job *x = a;
    const struct job *y = b;
    return x->depth != y->depth ? (x->depth < y->depth ? -1 : 1) : x->index < y->index ? -1 : 1;
}

static int add_job(struct pl_package_scripts *s, size_t index, struct pb_err *err)
{
    const struct pl_wanted *item = &s->tree->items[index];
    struct job *job = &s->jobs[s->n++];
    *job = (struct job){
        .index = index,
        .depth = depth_of(item->entry->path),
        .dir = pb_arena_printf(&s->in->arena, "%s/%s", s->host.root_dir, item->path),
    };
    const char *file = pb_arena_printf(&s->in->arena, "%s/package.json", item->path);
    return pl_package_file_load(s->in->root_dirfd, file, &job->file, err);
}

void pl_package_scripts_list(struct install *in, const struct pl_wanted_tree *tree)
{
    for (size_t i = 1; i < tree->n && !in->set->ignore_scripts; i++)
        if (tree->items[i].kind == PL_WANTED_PACKAGE) list_not_run(in, tree->items[i].entry);
}

static int add_jobs(struct pl_package_scripts *s, struct pb_err *err)
{
    for (size_t i = 1; i < s->tree->n; i++) {
        const struct pl_wanted *item = &s->tree->items[i];
        if (!is_candidate(item) || !pl_may_run_scripts(s->in, item->entry)) continue;
        if (add_job(s, i, err) != 0) return -1;
    }
    if (s->n > 1) qsort(s->jobs, s->n, sizeof *s->jobs, by_depth);
    return 0;
}

struct pl_package_scripts *pl_package_scripts_new(struct install *in, struct pl_wanted_tree *tree,
                                                  struct pb_err *err)
{
    if (in->set->ignore_scripts) return NULL;
    struct pl_package_scripts *s = pb_calloc(1, sizeof *s);
    s->in = in;
    s->tree = tree;
    s->jobs = PB_ARENA_ARRAY(&in->arena, struct job, tree->n);
    if (open_host(in, &s->host, err) == 0 && add_jobs(s, err) == 0) return s;
    pl_package_scripts_free(s);
    return NULL;
}

void pl_package_scripts_free(struct pl_package_scripts *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->n; i++)
        pl_package_file_free(&s->jobs[i].file);
    free(s);
}

static struct pl_script_package package_of(struct pl_package_scripts *s, const struct job *job)
{
    const struct pl_lock_entry *e = s->tree->items[job->index].entry;
    return (struct pl_script_package){
        .dir = job->dir,
        .manifest = job->file.doc.root,
        .is_dependency = true,
        .resolved = pb_arena_cstr(&s->in->arena, e->resolved),
        .integrity = pb_arena_cstr(&s->in->arena, e->integrity),
        .dev = e->dev,
        .optional = e->optional,
        .dev_optional = e->dev_optional,
        .peer = e->peer,
    };
}

int pl_package_scripts_run(struct pl_package_scripts *s, const char *event, pl_script_lost *lost,
                           void *user, struct pb_err *err)
{
    for (size_t i = 0; s && i < s->n; i++) {
        const struct job *job = &s->jobs[i];
        if (s->tree->items[job->index].kind == PL_WANTED_SKIPPED) continue;
        struct pl_script_package package = package_of(s, job);
        struct pb_err why = PB_ERR_INIT;
        if (!pl_script_command(&package, event)) continue;
        s->in->result->scripts_run++;
        if (pl_script_run(&s->host, &package, event, PL_SCRIPT_QUIET, &why) == 0) continue;
        if (lost(user, job->index, &why) == 0) continue;
        *err = why;
        return -1;
    }
    return 0;
}

/* One folder of the project: its events in order. */
static int run_own(struct install *in, const struct pl_script_host *host, const char *folder,
                   const char *const *events, bool *ran, struct pb_err *err)
{
    struct pl_package_file file;
    const char *path = pb_arena_printf(&in->arena, "%s%spackage.json", folder, *folder ? "/" : "");
    int rc = pl_package_file_load(in->root_dirfd, path, &file, err);
    struct pl_script_package package = {
        .dir = pb_arena_printf(&in->arena, "%s%s%s", host->root_dir, *folder ? "/" : "", folder),
        .manifest = file.doc.root,
    };
    enum pl_script_output output = in->set->output_is_data ? PL_SCRIPT_TO_STDERR : PL_SCRIPT_SHOWN;
    for (size_t i = 0; events[i] && rc == 0; i++) {
        if (!pl_script_command(&package, events[i])) continue;
        *ran = true;
        in->result->scripts_run++;
        rc = pl_script_run(host, &package, events[i], output, err);
    }
    pl_package_file_free(&file);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    const struct pl_workspace *x = *(const struct pl_workspace *const *)a;
    const struct pl_workspace *y = *(const struct pl_workspace *const *)b;
    int order = pl_locale_cmp(x->manifest.name, y->manifest.name);
    return order != 0 ? order : pb_str_cmp(x->path, y->path);
}

/* All that the project links to, in the order of the links. */
static const struct pl_workspace **list_linked(struct install *in, size_t *n)
{
    const struct pl_workspaces *const lists[] = {&in->workspaces, &in->folders};
    const struct pl_workspace **list =
        PB_ARENA_ARRAY(&in->arena, const struct pl_workspace *, in->workspaces.n + in->folders.n);
    *n = 0;
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        for (size_t i = 0; i < lists[k]->n; i++)
            list[(*n)++] = &lists[k]->items[i];
    if (*n > 1) qsort(list, *n, sizeof *list, by_name);
    return list;
}

int pl_linked_scripts_run(struct install *in, const char *event, bool *ran, struct pb_err *err)
{
    struct pl_script_host host;
    size_t n;
    if (in->set->ignore_scripts || in->workspaces.n + in->folders.n == 0) return 0;
    if (open_host(in, &host, err) != 0) return -1;
    const struct pl_workspace **list = list_linked(in, &n);
    const char *const events[] = {event, NULL};
    for (size_t i = 0; i < n; i++) {
        const char *folder = pb_arena_cstr(&in->arena, list[i]->path);
        if (run_own(in, &host, folder, events, ran, err) != 0) return -1;
    }
    return 0;
}

int pl_root_scripts_run(struct install *in, struct pb_err *err)
{
    static const char *const events[] = {"preinstall", "install", "postinstall", "prepublish",
                                         "preprepare", "prepare", "postprepare", NULL};
    struct pl_script_host host;
    bool ran;
    bool may_have_some = in->manifest.scripts.n > 0 || pb_exists(in->root_dirfd, "binding.gyp");
    if (in->set->ignore_scripts || !may_have_some) return 0;
    if (open_host(in, &host, err) != 0) return -1;
    return run_own(in, &host, "", events, &ran, err);
}
