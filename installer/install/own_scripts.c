/* SPDX-License-Identifier: MIT */
/* Scripts of the project, its workspaces and the folders it links to or packs. */
#include "installer/install/run_scripts.h"

#include "base/fs.h"
#include "base/mem.h"
#include "installer/install/install_internal.h"
#include "installer/install/script_leave.h"
#include "installer/lockfile/locale_cmp.h"
#include "installer/scripts/lifecycle.h"

#include <stdlib.h>
#include <unistd.h>

int pl_script_host_open(struct install *in, struct pl_script_host *host, struct pb_err *err)
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

/* All that the project links to, in the order of the links: what install-links packs is not. */
static const struct pl_workspace **list_linked(struct install *in, size_t *n)
{
    const struct pl_workspaces *const lists[] = {&in->workspaces, &in->folders};
    const struct pl_workspace **list =
        PB_ARENA_ARRAY(&in->arena, const struct pl_workspace *, in->workspaces.n + in->folders.n);
    *n = 0;
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        for (size_t i = 0; i < lists[k]->n; i++)
            if (!in->set->install_links || pl_lock_find(&in->lock, lists[k]->items[i].path))
                list[(*n)++] = &lists[k]->items[i];
    if (*n > 1) qsort(list, *n, sizeof(const struct pl_workspace *), by_name);
    return list;
}

int pl_linked_scripts_run(struct install *in, const char *event, bool *ran, struct pb_err *err)
{
    struct pl_script_host host;
    size_t n;
    if (in->set->ignore_scripts || in->workspaces.n + in->folders.n == 0) return 0;
    if (pl_script_host_open(in, &host, err) != 0) return -1;
    const struct pl_workspace **list = list_linked(in, &n);
    const char *const events[] = {event, NULL};
    for (size_t i = 0; i < n; i++) {
        const char *folder = pb_arena_cstr(&in->arena, list[i]->path);
        if (run_own(in, &host, folder, events, ran, err) != 0) return -1;
    }
    return 0;
}

int pl_packed_folder_prepare(struct install *in, const struct pl_lock_entry *e, struct pb_err *err)
{
    static const char *const events[] = {"prepare", NULL};
    struct pl_script_host host;
    bool ran;
    if (!pl_may_run_scripts(in, e)) return 0;
    if (pl_script_host_open(in, &host, err) != 0) return -1;
    const char *folder = pb_arena_cstr(&in->arena, pb_str_skip(e->resolved, strlen("file:")));
    return run_own(in, &host, folder, events, &ran, err);
}

int pl_root_scripts_run(struct install *in, struct pb_err *err)
{
    static const char *const events[] = {"preinstall", "install", "postinstall", "prepublish",
                                         "preprepare", "prepare", "postprepare", NULL};
    struct pl_script_host host;
    bool ran;
    bool may_have_some = in->manifest.scripts.n > 0 || pb_exists(in->root_dirfd, "binding.gyp");
    if (in->set->ignore_scripts || !may_have_some) return 0;
    if (pl_script_host_open(in, &host, err) != 0) return -1;
    return run_own(in, &host, "", events, &ran, err);
}
