/* SPDX-License-Identifier: MIT */
/* What follows when all packages are in place: links, bins, scripts. */
#include "installer/install/reify_internal.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "installer/install/bin_links.h"
#include "installer/install/links.h"
#include "installer/install/prune.h"
#include "installer/install/run_scripts.h"
#include "installer/install/script_leave.h"

static int make_links(struct reify *r, struct pb_err *err)
{
    for (size_t i = 1; i < r->layout.tree->n; i++) {
        const struct pl_wanted *item = &r->layout.tree->items[i];
        if (item->kind != PL_WANTED_LINK || item->is_kept) continue;
        if (pl_link_make(r->in->root_dirfd, item->path, item->entry->resolved, err) != 0) return -1;
    }
    return 0;
}

int pl_reify_prune(struct reify *r, struct pb_err *err)
{
    size_t removed;
    int rc = pl_prune(r->in->root_dirfd, r->layout.tree, &removed, err);
    r->in->result->removed += removed;
    return rc;
}

/* Optional packages may fail (npm: they are dropped with their set). */
static int lose_scripted(void *user, size_t index, const struct pb_err *why)
{
    struct reify *r = user;
    if (!r->layout.tree->items[index].entry->optional) return -1;
    pl_reify_lose(r, index, why);
    return 0;
}

static int run_event(struct reify *r, const char *event, struct pb_err *err)
{
    return pl_package_scripts_run(r->scripts, event, lose_scripted, r, err);
}

/* Before the links are there: a prune must not take what they lead to. */
static int register_links(struct reify *r, struct pb_err *err)
{
    struct pl_share *share = &r->layout.share;
    const struct pl_wanted_tree *tree = r->layout.tree;
    if (!share->is_shared) return 0;
    PB_AUTO_FREE char *project = pb_real_path(r->in->set->project_dir, err);
    if (!project) return -1;
    struct pl_strs links = {.items = PB_ARENA_ARRAY(&r->in->arena, struct pb_str, tree->n)};
    for (size_t i = 1; i < tree->n; i++)
        if (tree->items[i].kind == PL_WANTED_LINK &&
            pb_str_starts(tree->items[i].entry->resolved, share->path))
            links.items[links.n++] = tree->items[i].entry->path;
    return pl_virtual_store_register(share->store, project, &links, err);
}

static int link_and_run(struct reify *r, struct pb_err *err)
{
    int64_t start = pb_now_ns();
    if (register_links(r, err) != 0 || make_links(r, err) != 0) return -1;
    if (run_event(r, "preinstall", err) != 0) return -1;
    if (pl_bin_links_make(r->in->root_dirfd, r->layout.tree, err) != 0) return -1;
    r->in->result->link_ns = pb_now_ns() - start;
    if (run_event(r, "install", err) != 0) return -1;
    return run_event(r, "postinstall", err);
}

int pl_reify_build(struct reify *r, struct pb_err *err)
{
    bool lost_before = r->lost_optional;
    pl_package_scripts_list(r->in, &r->layout.wanted);
    pl_warn_of_unprepared(r->in, r->layout.tree);
    r->scripts = pl_package_scripts_new(r->in, r->layout.tree, err);
    if (pb_err_is_set(err)) return -1;
    int rc = link_and_run(r, err);
    pl_package_scripts_free(r->scripts);
    r->scripts = NULL;
    if (rc != 0 || lost_before || !r->lost_optional) return rc;
    /* A script failed: its package goes, and links to it with it. */
    if (pl_reify_prune(r, err) != 0) return -1;
    return pl_bin_links_make(r->in->root_dirfd, r->layout.tree, err);
}

/* preinstall and prepare of all; bins that these have just built are linked; then the rest. */
static int run_linked_scripts(struct reify *r, struct pb_err *err)
{
    bool ran = false;
    if (pl_linked_scripts_run(r->in, "preinstall", &ran, err) != 0 ||
        pl_linked_scripts_run(r->in, "prepare", &ran, err) != 0)
        return -1;
    if (ran && pl_bin_links_make(r->in->root_dirfd, r->layout.tree, err) != 0) return -1;
    if (pl_linked_scripts_run(r->in, "install", &ran, err) != 0) return -1;
    return pl_linked_scripts_run(r->in, "postinstall", &ran, err);
}

int pl_reify_run_own_scripts(struct reify *r, struct pb_err *err)
{
    if (r->in->edit || r->in->set->rebuild) return 0;
    if (run_linked_scripts(r, err) != 0) return -1;
    return pl_root_scripts_run(r->in, err);
}
