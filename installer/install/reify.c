/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "installer/install/bin_links.h"
#include "installer/install/license.h"
#include "installer/install/links.h"
#include "installer/install/prune.h"
#include "installer/install/reify_internal.h"
#include "installer/install/run_scripts.h"
#include "installer/install/tree_stamp.h"

#define WAIT_MS 1000
/* Workers begin with the first places while the rest is asked for. */
#define ASKED_AT_ONCE 256

/* npm leaves out an optional package that cannot be had, with its set; all else ends the install.
 */
static void lose_place(struct reify *r, size_t index, const struct pb_err *err)
{
    struct pl_wanted *item = &r->layout.tree->items[index];
    if (item->kind == PL_WANTED_SKIPPED) return; /* its set is lost already */
    if (!item->entry->optional) {
        if (!pb_err_is_set(&r->failure)) r->failure = *err;
        return;
    }
    r->lost_optional = true;
    r->in->result->skipped_optional++;
    pl_result_warn(r->in->result, "skipping optional %s: %s", item->path, err->msg);
    if (!r->graph) r->graph = pl_optional_graph_new(r->layout.tree);
    pl_optional_set_skip(r->graph, index);
}

void pl_reify_complete(struct reify *r, struct pl_lock_entry *entry, int dirfd, const char *folder)
{
    if (!r->in->result->resolved || entry->manifest.license_json.p) return;
    entry->manifest.license_json = pl_license_read(&r->in->lock.arena, dirfd, folder);
}

void pl_reify_answer(void *install, uint64_t token, const struct pb_err *err)
{
    struct reify *r = ((struct install *)install)->reify;
    r->answered++;
    if (token & PL_FILL_TOKEN)
        pl_fill_answer(r, (size_t)(token & ~PL_FILL_TOKEN), err);
    else if (err)
        lose_place(r, (size_t)token, err);
    else
        pl_reify_complete(r, pl_layout_lock_entry(r->in, &r->layout, (size_t)token),
                          r->in->root_dirfd, r->layout.tree->items[token].path);
}

static void show_progress(const struct reify *r)
{
    if (!r->in->set->show_progress) return;
    struct pl_install_counts c = pl_sched_counts(pl_stages_sched(r->in->stages));
    pb_progress("%llu packages: %llu downloaded, %llu placed", (unsigned long long)r->asked,
                (unsigned long long)c.downloaded, (unsigned long long)c.cloned);
}

/* The order of the last three: a wake between the start of the HTTP loop and the wait would be
 * missed otherwise (loop.h). */
int pl_reify_run_stages(struct reify *r, struct pb_err *err)
{
    struct install *in = r->in;
    for (;;) {
        pl_stages_drive(in->stages);
        if (pb_err_is_set(&r->failure)) {
            *err = r->failure;
            return -1;
        }
        bool is_done = !r->is_closed && r->answered == r->asked;
        if (is_done || pl_stages_is_idle(in->stages)) return 0;
        show_progress(r);
        if (pl_pool_finish(in->pool) > 0) continue;
        if (pl_loop_wait(in->loop, WAIT_MS, err) != 0) return -1;
    }
}

static int ask_for_place(struct reify *r, size_t i, struct pb_err *err)
{
    struct install *in = r->in;
    const struct pl_wanted *item = &r->layout.tree->items[i];
    struct pl_source source;
    if (pl_engine_open_stages(in, err) != 0) return -1;
    if (pl_source_of_entry(in, item->entry, &source, err) != 0) {
        if (!item->entry->optional) return -1;
        lose_place(r, i, err);
        pb_err_clear(err);
        return 0;
    }
    r->pkgs[i] = pl_stages_package(in->stages, &source);
    r->places[i] = pl_stages_place(in->stages, r->pkgs[i], in->root_dirfd, item->entry->path,
                                   r->places[item->parent], i);
    r->asked++;
    return 0;
}

static int ask_for_all(struct reify *r, struct pb_err *err)
{
    for (size_t i = 1; i < r->layout.tree->n; i++) {
        const struct pl_wanted *item = &r->layout.tree->items[i];
        if (item->is_kept) continue;
        if (item->kind == PL_WANTED_PACKAGE && ask_for_place(r, i, err) != 0) return -1;
        if (i % ASKED_AT_ONCE == 0 && r->in->stages) pl_stages_drive(r->in->stages);
    }
    if (r->in->stages) pl_stages_close(r->in->stages);
    r->is_closed = true;
    return 0;
}

static int make_links(struct reify *r, struct pb_err *err)
{
    for (size_t i = 1; i < r->layout.tree->n; i++) {
        const struct pl_wanted *item = &r->layout.tree->items[i];
        if (item->kind != PL_WANTED_LINK || item->is_kept) continue;
        if (pl_link_make(r->in->root_dirfd, item->path, item->entry->resolved, err) != 0) return -1;
    }
    return 0;
}

/* Where the lock had no integrity, what was received is recorded. */
static void record_integrity(struct reify *r)
{
    for (size_t i = 1; i < r->layout.tree->n; i++) {
        struct pl_lock_entry *e = pl_layout_lock_entry(r->in, &r->layout, i);
        if (!r->pkgs[i] || e->integrity.n > 0 || pl_stages_is_git(r->in->stages, r->pkgs[i]))
            continue;
        e->integrity =
            pb_arena_str(&r->in->lock.arena, pl_stages_integrity(r->in->stages, r->pkgs[i]));
        r->in->result->resolved = true; /* the lock's text changes */
    }
}

/* Links to units of the project's own virtual store are not counted: the units are. */
static bool is_counted(const struct pl_wanted *item)
{
    bool is_link = item->kind == PL_WANTED_LINK;
    bool is_of_units = pb_str_starts(item->entry->path, PL_VIRTUAL_STORE "/") ||
                       pb_str_starts(item->entry->resolved, PL_VIRTUAL_STORE "/");
    return item->kind == PL_WANTED_PACKAGE || (is_link && !is_of_units);
}

static void count_places(struct reify *r)
{
    struct pl_install_result *result = r->in->result;
    for (size_t i = 1; i < r->layout.tree->n; i++) {
        bool is_place = is_counted(&r->layout.tree->items[i]);
        result->packages += is_place;
        if (!is_place || r->layout.tree->items[i].is_kept) continue;
        if (r->layout.tree->items[i].was_here)
            result->changed++;
        else
            result->added++;
    }
}

static int prune(struct reify *r, struct pb_err *err)
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
    lose_place(r, index, why);
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

static int build(struct reify *r, struct pb_err *err)
{
    bool lost_before = r->lost_optional;
    pl_package_scripts_list(r->in, &r->layout.wanted);
    r->scripts = pl_package_scripts_new(r->in, r->layout.tree, err);
    if (pb_err_is_set(err)) return -1;
    int rc = link_and_run(r, err);
    pl_package_scripts_free(r->scripts);
    r->scripts = NULL;
    if (rc != 0 || lost_before || !r->lost_optional) return rc;
    /* A script failed: its package goes, and links to it with it. */
    if (prune(r, err) != 0) return -1;
    return pl_bin_links_make(r->in->root_dirfd, r->layout.tree, err);
}

static int place_all(struct reify *r, struct pb_err *err)
{
    int64_t start = pb_now_ns();
    if (ask_for_all(r, err) != 0) return -1;
    if (r->in->stages && pl_reify_run_stages(r, err) != 0) return -1;
    record_integrity(r);
    pl_layout_spread(r->in, &r->layout);
    if (r->lost_optional && prune(r, err) != 0) return -1;
    r->in->result->place_ns = pb_now_ns() - start;
    return build(r, err);
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

static int run_project_scripts(struct reify *r, struct pb_err *err)
{
    if (r->in->edit || r->in->set->rebuild) return 0;
    if (run_linked_scripts(r, err) != 0) return -1;
    return pl_root_scripts_run(r->in, err);
}

static int change_tree(struct reify *r, struct pb_err *err)
{
    int root = r->in->root_dirfd;
    if (r->layout.share.kept_by)
        pl_result_warn(
            r->in->result,
            "%s does not work with packages outside of the project: all stay in " PL_VIRTUAL_STORE,
            r->layout.share.kept_by);
    if (pl_tree_state_forget(root, err) != 0) return -1;
    bool may_have_strangers = !r->state.is_clean || r->state.removed > 0;
    if (may_have_strangers && prune(r, err) != 0) return -1;
    if (r->state.missing > 0 && pb_mkdir_p(root, "node_modules", err) != 0) return -1;
    if (place_all(r, err) != 0) return -1;
    if (!pb_is_dir(root, "node_modules")) return 0;
    return pl_tree_state_write(root, r->layout.tree, err);
}

static int reify(struct reify *r, struct pb_err *err)
{
    struct install *in = r->in;
    if (pl_layout_make(in, &r->layout, err) != 0) return -1;
    if (pl_fill_virtual_store(r, err) != 0) return -1;
    if (pl_tree_state_read(in->root_dirfd, r->layout.tree, &r->state, err) != 0) return -1;
    r->state.missing += pl_unkeep_for_scripts(in, r->layout.tree);
    bool is_right = r->state.is_known && r->state.is_clean && r->state.removed == 0;
    in->result->up_to_date =
        r->state.missing == 0 && (is_right || (r->layout.tree->n <= 1 && !r->state.is_known));
    r->pkgs = PB_ARENA_ARRAY(&in->arena, pl_pkg, r->layout.tree->n);
    r->places = PB_ARENA_ARRAY(&in->arena, pl_place, r->layout.tree->n);
    if (!in->result->up_to_date && change_tree(r, err) != 0) return -1;
    count_places(r);
    pl_tree_stamp_note(in, &r->layout);
    return run_project_scripts(r, err);
}

int pl_reify_run(struct install *in, struct pb_err *err)
{
    struct reify r = {.in = in};
    in->reify = &r;
    int rc = reify(&r, err);
    /* Jobs of the pool may still answer. */
    if (rc != 0) pl_engine_close(in);
    in->reify = NULL;
    pl_optional_graph_free(r.graph);
    pl_layout_release(&r.layout);
    return rc;
}
