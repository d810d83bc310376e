/* SPDX-License-Identifier: MIT */
#include "installer/install/install.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/term.h"
#include "installer/install/install_internal.h"
#include "installer/install/run_scripts.h"
#include "installer/install/tree_stamp.h"

static int use_old_lock(struct install *in)
{
    in->lock = in->old;
    in->old = (struct pl_lock){0};
    in->has_lock = true;
    return 0;
}

static int resolve(struct install *in, struct pb_err *err)
{
    int64_t start = pb_now_ns();
    int rc = pl_resolve_run(in, err);
    in->result->resolve_ns = pb_now_ns() - start;
    if (rc != 0) return -1;
    in->result->resolved = true;
    return 0;
}

/* Version 1 lacks what installing needs; another version that is asked for is made anew. */
static bool is_usable(const struct install *in)
{
    int wanted = in->set->action == PL_ACTION_CI ? 0 : in->set->lockfile_version;
    return in->old.lockfile_version >= 2 && (!wanted || wanted == in->old.lockfile_version);
}

/* As npm's: what is resolved from the lock must be in the lock. What nobody asks for any more may
 * be left over there. */
static int resolve_for_ci(struct install *in, struct pb_err *err)
{
    if (!in->has_old)
        return pb_err_set(err, PB_E_NOT_FOUND,
                          "ci: there is no %s: run `plumb install` to make one", in->lock_name);
    bool is_covered =
        pl_lock_answers(in, err) == 0 && resolve(in, err) == 0 && pl_lock_covers(in, err) == 0;
    return is_covered ? 0 : pb_err_wrap(err, "ci");
}

/* A lock that fits is installed as it is. */
static int find_lock(struct install *in, struct pb_err *err)
{
    struct pb_err why = PB_ERR_INIT;
    bool fits = !in->edit && in->has_old && pl_lock_fits(in, &why) == 0;
    if (fits && is_usable(in)) return use_old_lock(in);
    if (in->has_old && !in->edit)
        pb_debug("resolving: %s", fits ? "the lockfile is of another version" : why.msg);
    if (in->set->action == PL_ACTION_CI) return resolve_for_ci(in, err);
    if (in->set->action == PL_ACTION_INSTALL && pl_engine_open_stages(in, err) != 0) return -1;
    return resolve(in, err);
}

static int save(struct install *in, struct pb_err *err)
{
    if (in->edit && pl_edit_save(in->edit, in, err) != 0) return -1;
    if (!in->result->resolved || !in->set->use_lock || in->set->action == PL_ACTION_CI) return 0;
    if (in->edit && !in->set->edit->save_lock) return 0;
    return pl_project_write_lock(in, err);
}

static int empty_modules(struct install *in, struct pb_err *err)
{
    if (pb_remove_tree(in->root_dirfd, "node_modules", err) != 0) return -1;
    for (size_t i = 0; i < in->workspaces.n; i++) {
        const char *folder =
            pb_arena_printf(&in->arena, "%s/node_modules", in->workspaces.items[i].path.p);
        if (pb_remove_tree(in->root_dirfd, folder, err) != 0) return -1;
    }
    return 0;
}

static int run(struct install *in, struct pb_err *err)
{
    if (pl_project_open(in, err) != 0) return -1;
    if (pl_tree_stamp_holds(in)) return pl_root_scripts_run(in, err);
    if (pl_project_read_lock(in, err) != 0) return -1;
    if (in->set->edit) {
        in->edit = pl_edit_apply(in, in->set->edit, err);
        if (!in->edit) return -1;
    }
    if (find_lock(in, err) != 0) return -1;
    if (in->set->action == PL_ACTION_RESOLVE) return save(in, err);
    if (in->set->action == PL_ACTION_CI && empty_modules(in, err) != 0) return -1;
    /* Tarballs without integrity get theirs while they are placed: the lock is written after. */
    if (pl_reify_run(in, err) != 0 || save(in, err) != 0) return -1;
    pl_tree_stamp_write(in);
    return 0;
}

int pl_install_run(const struct pl_install_settings *settings, struct pl_install_result *result,
                   struct pb_err *err)
{
    int64_t start = pb_now_ns();
    *result = (struct pl_install_result){0};
    struct install in = {.set = settings, .result = result, .root_dirfd = -1};
    (void)clock_gettime(CLOCK_REALTIME_COARSE, &in.started);
    if (settings->trace_path) in.trace = pl_trace_new();
    int rc = run(&in, err);
    pb_progress_clear();
    if (rc == 0) pl_engine_drain(&in);
    pl_engine_close(&in);
    pl_edit_free(in.edit);
    pl_project_close(&in);
    pb_buf_release(&in.stamp);
    pb_arena_release(&in.arena);
    pl_trace_end(in.trace, PL_TRACE_JOB, "install", (struct pb_str){"", 0}, start);
    if (in.trace && pl_trace_write(in.trace, settings->trace_path, rc == 0 ? err : NULL) != 0)
        rc = -1;
    pl_trace_free(in.trace);
    result->total_ns = pb_now_ns() - start;
    return rc;
}
