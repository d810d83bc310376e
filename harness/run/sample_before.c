/* SPDX-License-Identifier: MIT */
#include "harness/run/taking.h"

#include "base/clock.h"
#include "base/fs.h"
#include "harness/workspace/project.h"

#include <fcntl.h>

/* File times are those of a clock's tick (10 ms at most). A manager that remembers what it read by
 * its times cannot trust files of the tick in which it starts, and in real life there are none. */
#define SETTLE_NS (20 * PB_NS_PER_MS)

static int put_project(struct pb_taking *t, const struct pb_workspace *ws, struct pb_err *err)
{
    size_t locks;
    if (pb_project_put(ws, t->run->template_dir, t->arm, t->leg->url, err) != 0) return -1;
    if (t->phase->lockfile != PB_STATE_ABSENT &&
        pb_project_copy_locks(t->arm, t->seed->lock_dir, ws->project, &locks, err) != 0)
        return -1;
    pb_sleep_ns(SETTLE_NS);
    return 0;
}

/* An install that is part of the before-state, with a home of its own: the measured command must
 * find an empty one. */
static int install_before(struct pb_taking *t, const struct pb_workspace *ws, struct pb_err *err)
{
    struct pb_arena *arena = &t->run->arena;
    struct pb_workspace prepared = *ws;
    prepared.home = pb_arena_printf(arena, "%s/prepare-home", ws->root);
    prepared.tmp = pb_arena_printf(arena, "%s/prepare-tmp", ws->root);
    prepared.output = pb_arena_printf(arena, "%s/prepare-output", ws->root);
    struct pb_command command = {.ws = &prepared,
                                 .arm = t->arm,
                                 .registry_url = t->leg->url,
                                 .namespaces = t->leg->namespaces,
                                 .action = PB_ACTION_INSTALL};
    if (pb_mkdir_p(AT_FDCWD, prepared.home, err) != 0 ||
        pb_mkdir_p(AT_FDCWD, prepared.tmp, err) != 0)
        return -1;
    return pb_command_check(t->run, &command, err);
}

/* Another project that shares the store is installed first. */
static int install_other_project(struct pb_taking *t, struct pb_err *err)
{
    struct pb_workspace other;
    if (pb_run_workspace(t->run, "other-project", &t->ws, &other, err) != 0 ||
        put_project(t, &other, err) != 0)
        return -1;
    return install_before(t, &other, err);
}

/* The kept store and metadata are the arm's own over all rounds, as in real life; only an added
 * package would be there after the first sample, so each such sample gets a copy. */
static int copy_kept(const char *kept, const char *fresh, struct pb_err *err)
{
    if (pb_remove_tree(AT_FDCWD, fresh, err) != 0) return -1; /* an empty folder */
    return pb_copy_tree(AT_FDCWD, kept, AT_FDCWD, fresh, err);
}

static int make_workspace(struct pb_taking *t, struct pb_err *err)
{
    bool copies = t->phase->action == PB_ACTION_ADD;
    struct pb_workspace kept = {
        .store = t->phase->store != PB_STATE_ABSENT ? t->seed->warm.store : NULL,
        .meta = t->phase->metadata != PB_STATE_ABSENT ? t->seed->warm.meta : NULL};
    const char *purpose =
        pb_arena_printf(&t->run->arena, "%s-%s-%d", t->phase->key, t->arm->name, t->sample.round);
    if (pb_run_workspace(t->run, purpose, copies ? NULL : &kept, &t->ws, err) != 0) return -1;
    if (copies && kept.store && copy_kept(kept.store, t->ws.store, err) != 0) return -1;
    if (copies && kept.meta && copy_kept(kept.meta, t->ws.meta, err) != 0) return -1;
    return 0;
}

int pb_sample_put_before_state(struct pb_taking *t, struct pb_err *err)
{
    if (make_workspace(t, err) != 0 || put_project(t, &t->ws, err) != 0) return -1;
    if (t->phase->second_project && install_other_project(t, err) != 0) return -1;
    if (t->phase->node_modules != PB_STATE_ABSENT && install_before(t, &t->ws, err) != 0) return -1;
    return 0;
}
