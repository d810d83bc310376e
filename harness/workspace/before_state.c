/* SPDX-License-Identifier: MIT */
#include "harness/workspace/before_state.h"

#include "base/fs.h"
#include "harness/workspace/disk_usage.h"
#include "harness/workspace/tree_walk.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static enum pb_walk_next find_node_modules(void *user, const struct pb_walk_entry *e,
                                           struct pb_err *err)
{
    (void)err;
    if (strcmp(e->name, "node_modules") != 0) return PB_WALK_ENTER;
    *(bool *)user = true;
    return PB_WALK_STOP;
}

static bool has_lockfile(const struct pb_workspace *ws, const struct pb_arm *arm)
{
    char path[PATH_MAX];
    for (const char *const *lock = arm->manager->lockfiles; lock && *lock; lock++) {
        snprintf(path, sizeof path, "%s/%s", ws->project, *lock);
        if (pb_exists(AT_FDCWD, path)) return true;
    }
    return false;
}

static int look_at_dirs(struct pb_arena *arena, const char *const *dirs,
                        const struct pb_template_vars *vars, bool *found, struct pb_err *err)
{
    *found = false;
    for (; dirs && *dirs && !*found; dirs++)
        if (pb_has_files(pb_template_expand(arena, *dirs, vars), found, err) != 0) return -1;
    return 0;
}

int pb_before_state_look(const struct pb_workspace *ws, const struct pb_arm *arm,
                         const char *registry_url, struct pb_before_state *out, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_template_vars vars = pb_workspace_vars(ws, registry_url);
    *out = (struct pb_before_state){.lockfile = has_lockfile(ws, arm)};
    int rc = 0;
    if (pb_walk(ws->project, find_node_modules, &out->node_modules, err) != 0 ||
        look_at_dirs(&arena, arm->manager->store_dirs, &vars, &out->store, err) != 0 ||
        look_at_dirs(&arena, arm->manager->metadata_dirs, &vars, &out->metadata, err) != 0 ||
        pb_has_files(ws->home, &out->home, err) != 0 || pb_has_files(ws->tmp, &out->tmp, err) != 0)
        rc = pb_err_wrap(err, "look at the state before the sample");
    pb_arena_release(&arena);
    return rc;
}

bool pb_before_state_holds(const struct pb_before_state *state, const struct pb_phase *phase,
                           char reason[256])
{
    const struct {
        const char *what;
        bool present, wanted;
    } rows[] = {{"lockfile", state->lockfile, phase->lockfile != PB_STATE_ABSENT},
                {"metadata cache", state->metadata, phase->metadata != PB_STATE_ABSENT},
                {"store", state->store, phase->store != PB_STATE_ABSENT},
                {"node_modules", state->node_modules, phase->node_modules != PB_STATE_ABSENT},
                {"content of the home folder", state->home, false},
                {"content of the temporary folder", state->tmp, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].present == rows[i].wanted) continue;
        snprintf(reason, 256, "%s %s before the sample, declared %s", rows[i].what,
                 rows[i].present ? "present" : "absent", rows[i].wanted ? "present" : "absent");
        return false;
    }
    return true;
}
