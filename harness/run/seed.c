/* SPDX-License-Identifier: MIT */
#include "harness/run/context.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/term.h"
#include "harness/workspace/project.h"

#include <fcntl.h>
#include <string.h>

#define ATTEMPTS 3 /* a network blip must not cost a cell */
#define PAUSE_NS (2 * PB_NS_PER_S)

typedef int (*seed_fn)(struct pb_run *run, const struct pb_leg *leg, const struct pb_arm *arm,
                       struct pb_seed *seed, struct pb_err *err);

/* The pristine lockfile: the manager's own resolve (or install) in a fresh workspace. */
static int make_lock(struct pb_run *run, const struct pb_leg *leg, const struct pb_arm *arm,
                     struct pb_seed *seed, struct pb_err *err)
{
    struct pb_workspace ws;
    struct pb_command command = {.ws = &ws,
                                 .arm = arm,
                                 .registry_url = leg->url,
                                 .namespaces = leg->namespaces,
                                 .action = arm->manager->seed_lock};
    size_t locks;
    if (pb_run_workspace(run, "seed-lock", NULL, &ws, err) != 0 ||
        pb_project_put(&ws, run->template_dir, arm, leg->url, err) != 0 ||
        pb_command_check(run, &command, err) != 0)
        return -1;
    const char *dir = pb_arena_printf(&run->arena, "%s/lock", ws.root);
    if (pb_mkdir_p(AT_FDCWD, dir, err) != 0 ||
        pb_project_copy_locks(arm, ws.project, dir, &locks, err) != 0)
        return -1;
    if (locks == 0) return pb_err_set(err, PB_E_CHILD, "%s wrote no lockfile", arm->name);
    seed->lock_dir = dir;
    return 0;
}

/* The warm store: one whole install from nothing, so that the metadata cache is warm as well: some
 * managers read no metadata when they have a lockfile. */
static int make_warm(struct pb_run *run, const struct pb_leg *leg, const struct pb_arm *arm,
                     struct pb_seed *seed, struct pb_err *err)
{
    struct pb_workspace ws;
    struct pb_command command = {.ws = &ws,
                                 .arm = arm,
                                 .registry_url = leg->url,
                                 .namespaces = leg->namespaces,
                                 .action = PB_ACTION_INSTALL};
    struct pb_before_state state;
    if (pb_run_workspace(run, "seed-warm", NULL, &ws, err) != 0 ||
        pb_project_put(&ws, run->template_dir, arm, leg->url, err) != 0 ||
        pb_command_check(run, &command, err) != 0 ||
        pb_before_state_look(&ws, arm, leg->url, &state, err) != 0)
        return -1;
    if (!state.store)
        return pb_err_set(err, PB_E_CHILD, "%s left its store empty after an install", arm->name);
    seed->warm = ws;
    return 0;
}

static const char *try_to_make(struct pb_run *run, const struct pb_leg *leg,
                               const struct pb_arm *arm, struct pb_seed *seed, const char *what,
                               seed_fn make)
{
    struct pb_err err;
    for (int attempt = 1;; attempt++) {
        err = PB_ERR_INIT;
        pb_progress_step("%s %s: %s", leg->label, arm->name, what);
        if (make(run, leg, arm, seed, &err) == 0) return NULL;
        bool can_help = err.code == PB_E_CHILD || err.code == PB_E_TIMEOUT;
        if (attempt == ATTEMPTS || !can_help || pb_run_cancelled(run)) break;
        if (!leg->replayed) pb_sleep_ns(PAUSE_NS);
    }
    return pb_arena_printf(&run->arena, "%s: %s", what, err.msg);
}

const char *pb_seed_ensure(struct pb_run *run, size_t leg, size_t arm, const struct pb_phase *phase)
{
    struct pb_seed *seed = pb_run_seed(run, leg, arm);
    bool needs_warm = phase->store != PB_STATE_ABSENT || phase->metadata != PB_STATE_ABSENT;
    if (phase->lockfile == PB_STATE_ABSENT && !needs_warm) return NULL;
    if (!seed->lock_tried) {
        seed->lock_tried = true;
        seed->lock_reason = try_to_make(run, &run->legs[leg], &run->arms[arm], seed,
                                        "making the lockfile", make_lock);
    }
    if (seed->lock_reason || !needs_warm) return seed->lock_reason;
    if (!seed->warm_tried) {
        seed->warm_tried = true;
        seed->warm_reason = try_to_make(run, &run->legs[leg], &run->arms[arm], seed,
                                        "warming the store", make_warm);
    }
    return seed->warm_reason;
}
