/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/fs.h"
#include "base/term.h"
#include "installer/install/bin_links.h"
#include "installer/install/install_internal.h"
#include "installer/install/isolate.h"
#include "installer/install/license.h"
#include "installer/install/links.h"
#include "installer/install/node_version.h"
#include "installer/install/optional_set.h"
#include "installer/install/prune.h"
#include "installer/install/run_scripts.h"
#include "installer/install/tree_state.h"

#define WAIT_MS 1000

/* One pass of the lock into node_modules. */
struct reify {
    struct install *in;
    struct pl_wanted_tree tree;
    struct pl_lock
        laid;        /* other linkers than hoisted: the lock of their layout, which tree is of */
    size_t *origins; /* of its entries in the lock; NULL: the lock itself is laid out */
    struct pl_tree_state state;
    pl_pkg *pkgs;     /* per place, 0: none */
    pl_place *places; /* per place, 0: kept or no package */
    uint64_t asked, answered;
    bool lost_optional; /* some optional place failed: prune once more */
    struct pl_engines engines;
    struct pl_optional_graph *graph;
    struct pl_package_scripts *scripts; /* NULL: none may run */
    struct pb_err failure;
};

static struct pl_wanted_filter filter_of(const struct pl_install_settings *set)
{
    return (struct pl_wanted_filter){.omit_dev = set->omit_dev,
                                     .omit_optional = set->omit_optional,
                                     .omit_peer = set->omit_peer,
                                     .with_extraneous = set->action != PL_ACTION_CI,
                                     .force = set->force,
                                     .engine_strict = set->engine_strict};
}

/* npm leaves out an optional package that cannot be had, with its set; all else ends the install.
 */
static void lose_place(struct reify *r, size_t index, const struct pb_err *err)
{
    struct pl_wanted *item = &r->tree.items[index];
    if (item->kind == PL_WANTED_SKIPPED) return; /* its set is lost already */
    if (!item->entry->optional) {
        if (!pb_err_is_set(&r->failure)) r->failure = *err;
        return;
    }
    r->lost_optional = true;
    r->in->result->skipped_optional++;
    pl_result_warn(r->in->result, "skipping optional %s: %s", item->path, err->msg);
    if (!r->graph) r->graph = pl_optional_graph_new(&r->tree);
    pl_optional_set_skip(r->graph, index);
}

/* The lock's own entry for what is placed at `index`. */
static struct pl_lock_entry *lock_entry(struct reify *r, size_t index)
{
    return &r->in->lock.entries[r->origins ? r->origins[index] : index];
}

/* A lock that is being made gets what abbreviated metadata does not tell. */
static void complete_entry(struct reify *r, size_t index)
{
    struct pl_lock_entry *e = lock_entry(r, index);
    if (!r->in->result->resolved || e->manifest.license_json.p) return;
    e->manifest.license_json =
        pl_license_read(&r->in->lock.arena, r->in->root_dirfd, r->tree.items[index].path);
}

void pl_reify_answer(void *install, uint64_t token, const struct pb_err *err)
{
    struct reify *r = ((struct install *)install)->reify;
    r->answered++;
    if (err)
        lose_place(r, (size_t)token, err);
    else
        complete_entry(r, (size_t)token);
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
static int run_stages(struct reify *r, struct pb_err *err)
{
    struct install *in = r->in;
    for (;;) {
        pl_stages_drive(in->stages);
        if (pb_err_is_set(&r->failure)) {
            *err = r->failure;
            return -1;
        }
        if (pl_stages_is_idle(in->stages)) return 0;
        show_progress(r);
        if (pl_pool_finish(in->pool) > 0) continue;
        if (pl_loop_wait(in->loop, WAIT_MS, err) != 0) return -1;
    }
}

static int ask_for_place(struct reify *r, size_t i, struct pb_err *err)
{
    struct install *in = r->in;
    const struct pl_wanted *item = &r->tree.items[i];
    struct pl_source source;
    if (pl_source_of_entry(in, item->entry, &source, err) != 0) {
        if (!item->entry->optional) return -1;
        lose_place(r, i, err);
        pb_err_clear(err);
        return 0;
    }
    r->pkgs[i] = pl_stages_package(in->stages, &source);
    r->places[i] =
        pl_stages_place(in->stages, r->pkgs[i], item->entry->path, r->places[item->parent], i);
    r->asked++;
    return 0;
}

static int ask_for_all(struct reify *r, struct pb_err *err)
{
    for (size_t i = 1; i < r->tree.n; i++) {
        const struct pl_wanted *item = &r->tree.items[i];
        if (item->is_kept) continue;
        if (item->kind == PL_WANTED_PACKAGE && ask_for_place(r, i, err) != 0) return -1;
    }
    pl_stages_close(r->in->stages);
    return 0;
}

static int make_links(struct reify *r, struct pb_err *err)
{
    for (size_t i = 1; i < r->tree.n; i++) {
        const struct pl_wanted *item = &r->tree.items[i];
        if (item->kind != PL_WANTED_LINK || item->is_kept) continue;
        if (pl_link_make(r->in->root_dirfd, item->path, item->entry->resolved, err) != 0) return -1;
    }
    return 0;
}

/* Where the lock had no integrity, what was received is recorded. */
static void record_integrity(struct reify *r)
{
    for (size_t i = 1; i < r->tree.n; i++) {
        struct pl_lock_entry *e = lock_entry(r, i);
        if (!r->pkgs[i] || e->integrity.n > 0 || pl_stages_is_git(r->in->stages, r->pkgs[i]))
            continue;
        e->integrity =
            pb_arena_str(&r->in->lock.arena, pl_stages_integrity(r->in->stages, r->pkgs[i]));
        r->in->result->resolved = true; /* the lock's text changes */
    }
}

static void count_places(struct reify *r)
{
    struct pl_install_result *result = r->in->result;
    for (size_t i = 1; i < r->tree.n; i++) {
        enum pl_wanted_kind kind = r->tree.items[i].kind;
        bool is_place = kind == PL_WANTED_PACKAGE || kind == PL_WANTED_LINK;
        result->packages += is_place;
        if (!is_place || r->tree.items[i].is_kept) continue;
        if (r->tree.items[i].was_here)
            result->changed++;
        else
            result->added++;
    }
}

static int prune(struct reify *r, struct pb_err *err)
{
    size_t removed;
    int rc = pl_prune(r->in->root_dirfd, &r->tree, &removed, err);
    r->in->result->removed += removed;
    return rc;
}

/* Optional packages may fail (npm: they are dropped with their set). */
static int lose_scripted(void *user, size_t index, const struct pb_err *why)
{
    struct reify *r = user;
    if (!r->tree.items[index].entry->optional) return -1;
    lose_place(r, index, why);
    return 0;
}

static int run_event(struct reify *r, const char *event, struct pb_err *err)
{
    return pl_package_scripts_run(r->scripts, event, lose_scripted, r, err);
}

static int link_and_run(struct reify *r, struct pb_err *err)
{
    int64_t start = pb_now_ns();
    if (make_links(r, err) != 0) return -1;
    if (run_event(r, "preinstall", err) != 0) return -1;
    if (pl_bin_links_make(r->in->root_dirfd, &r->tree, err) != 0) return -1;
    r->in->result->link_ns = pb_now_ns() - start;
    if (run_event(r, "install", err) != 0) return -1;
    return run_event(r, "postinstall", err);
}

static int build(struct reify *r, struct pb_err *err)
{
    bool lost_before = r->lost_optional;
    r->scripts = pl_package_scripts_new(r->in, &r->tree, err);
    if (pb_err_is_set(err)) return -1;
    int rc = link_and_run(r, err);
    pl_package_scripts_free(r->scripts);
    r->scripts = NULL;
    if (rc != 0 || lost_before || !r->lost_optional) return rc;
    /* A script failed: its package goes, and links to it with it. */
    if (prune(r, err) != 0) return -1;
    return pl_bin_links_make(r->in->root_dirfd, &r->tree, err);
}

static int place_all(struct reify *r, struct pb_err *err)
{
    int64_t start = pb_now_ns();
    if (ask_for_all(r, err) != 0 || run_stages(r, err) != 0) return -1;
    record_integrity(r);
    if (r->lost_optional && prune(r, err) != 0) return -1;
    r->in->result->place_ns = pb_now_ns() - start;
    return build(r, err);
}
/* Bins that a workspace has just built are linked now. */
static int run_project_scripts(struct reify *r, struct pb_err *err)
{
    bool ran = false;
    if (r->in->edit || r->in->set->rebuild) return 0;
    if (pl_workspace_scripts_run(r->in, &ran, err) != 0) return -1;
    if (ran && pl_bin_links_make(r->in->root_dirfd, &r->tree, err) != 0) return -1;
    return pl_root_scripts_run(r->in, err);
}

static int change_tree(struct reify *r, struct pb_err *err)
{
    int root = r->in->root_dirfd;
    if (pl_engine_open_stages(r->in, err) != 0) return -1;
    if (pl_tree_state_forget(root, err) != 0) return -1;
    bool may_have_strangers = !r->state.is_clean || r->state.removed > 0;
    if (may_have_strangers && prune(r, err) != 0) return -1;
    if (r->state.missing > 0 && pb_mkdir_p(root, "node_modules", err) != 0) return -1;
    if (place_all(r, err) != 0) return -1;
    if (!pb_is_dir(root, "node_modules")) return 0;
    return pl_tree_state_write(root, &r->tree, err);
}

static void warn_unfit(struct reify *r)
{
    for (size_t i = 0; i < r->tree.n; i++) {
        const struct pl_lock_entry *e = r->tree.items[i].entry;
        if (!r->tree.items[i].is_unfit) continue;
        pl_result_warn(r->in->result, PB_FMT "@" PB_FMT " wants node " PB_FMT ", this is " PB_FMT,
                       PB_ARG(e->name), PB_ARG(e->manifest.version),
                       PB_ARG(pl_engines_node_range(&r->engines, &e->manifest)),
                       PB_ARG(r->engines.node_version));
    }
}

/* What is wanted, in the layout of the linker. */
static int lay_out(struct reify *r, struct pb_err *err)
{
    struct install *in = r->in;
    struct pl_wanted_filter filter = filter_of(in->set);
    r->engines.node_version = pl_node_version(&in->arena, in->set->cache_dir);
    filter.engines = &r->engines;
    if (pl_wanted_build(&in->arena, &in->lock, &filter, &r->tree, err) != 0) return -1;
    warn_unfit(r);
    if (in->set->linker == PL_LINKER_HOISTED) return 0;
    struct pl_wanted_tree hoisted = r->tree;
    const struct pl_wanted_filter all = {.with_extraneous = true, .force = true};
    pl_isolate(&in->arena, &hoisted, &r->laid, &r->origins);
    r->tree = (struct pl_wanted_tree){0};
    pl_wanted_release(&hoisted);
    return pl_wanted_build(&in->arena, &r->laid, &all, &r->tree, err);
}

static int reify(struct reify *r, struct pb_err *err)
{
    struct install *in = r->in;
    if (lay_out(r, err) != 0) return -1;
    if (pl_tree_state_read(in->root_dirfd, &r->tree, &r->state, err) != 0) return -1;
    r->state.missing += pl_unkeep_for_scripts(in, &r->tree);
    bool is_right = r->state.is_known && r->state.is_clean && r->state.removed == 0;
    in->result->up_to_date =
        r->state.missing == 0 && (is_right || (r->tree.n <= 1 && !r->state.is_known));
    r->pkgs = PB_ARENA_ARRAY(&in->arena, pl_pkg, r->tree.n);
    r->places = PB_ARENA_ARRAY(&in->arena, pl_place, r->tree.n);
    if (!in->result->up_to_date && change_tree(r, err) != 0) return -1;
    count_places(r);
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
    pl_engines_release(&r.engines);
    pl_wanted_release(&r.tree);
    pl_lock_release(&r.laid);
    return rc;
}
