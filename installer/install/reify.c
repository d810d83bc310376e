/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "installer/install/license.h"
#include "installer/install/prune.h"
#include "installer/install/reify_internal.h"
#include "installer/install/run_scripts.h"
#include "installer/install/script_leave.h"
#include "installer/install/tree_stamp.h"

#define WAIT_MS 1000
/* Workers begin with the first places while the rest is asked for. */
#define ASKED_AT_ONCE 256

/* npm leaves out an optional package that cannot be had, with its set; all else ends the install.
 */
void pl_reify_lose(struct reify *r, size_t index, const struct pb_err *err)
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
        pl_reify_lose(r, (size_t)token, err);
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
        pl_reify_lose(r, i, err);
        pb_err_clear(err);
        return 0;
    }
    r->pkgs[i] = pl_stages_package(in->stages, &source);
    r->places[i] = pl_stages_place(in->stages, r->pkgs[i], in->root_dirfd, item->entry->path,
                                   r->places[item->parent], i);
    r->asked++;
    return 0;
}

/* Before anything is asked for: a script holds up this thread. */
static int prepare_folders(struct reify *r, struct pb_err *err)
{
    for (size_t i = 1; i < r->layout.tree->n; i++) {
        const struct pl_wanted *item = &r->layout.tree->items[i];
        if (item->is_kept || item->kind != PL_WANTED_PACKAGE || !pl_is_packed_folder(item->entry))
            continue;
        if (pl_packed_folder_prepare(r->in, item->entry, err) == 0) continue;
        if (!item->entry->optional) return -1;
        pl_reify_lose(r, i, err);
        pb_err_clear(err);
    }
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

/* Where the lock had no integrity, what was received is recorded. */
static void record_integrity(struct reify *r)
{
    for (size_t i = 1; i < r->layout.tree->n; i++) {
        struct pl_lock_entry *e = pl_layout_lock_entry(r->in, &r->layout, i);
        if (!r->pkgs[i] || e->integrity.n > 0 ||
            pl_stages_is_packed_here(r->in->stages, r->pkgs[i]))
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

static int place_all(struct reify *r, struct pb_err *err)
{
    int64_t start = pb_now_ns();
    if (prepare_folders(r, err) != 0 || ask_for_all(r, err) != 0) return -1;
    if (r->in->stages && pl_reify_run_stages(r, err) != 0) return -1;
    record_integrity(r);
    pl_layout_spread(r->in, &r->layout);
    if (r->lost_optional && pl_reify_prune(r, err) != 0) return -1;
    r->in->result->place_ns = pb_now_ns() - start;
    return pl_reify_build(r, err);
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
    if (may_have_strangers && pl_reify_prune(r, err) != 0) return -1;
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
    return pl_reify_run_own_scripts(r, err);
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
