/* SPDX-License-Identifier: MIT */
#include "harness/run/limit_plan.h"

#include "base/digest.h"
#include "base/fs.h"
#include "base/term.h"
#include "fixtures/registry/snapshot.h"
#include "harness/limit/plan.h"
#include "harness/workspace/project.h"

#include <fcntl.h>
#include <string.h>

/* It resolves as npm does, and its hoisted tree and hidden lockfile are what a plan is made from.
 */
#define PLANNER "plumb"

bool pb_limit_plan_is_wanted(const struct pb_arm *arm)
{
    const char *given;
    return pb_arm_plan_variable(arm, &given) && !given;
}

static int check_given(const struct pb_arm *arm, struct pb_err *err)
{
    const char *given, *name = pb_arm_plan_variable(arm, &given);
    if (!name || !given || pb_exists(AT_FDCWD, given)) return 0;
    return pb_err_set(err, PB_E_USAGE,
                      "arm %s: %s=%s: there is no such file: leave the variable out for a plan of "
                      "this project, or make one with `phasebench-limit plan`",
                      arm->name, name, given);
}

static const struct pb_leg *replayed_leg(const struct pb_run *run)
{
    for (size_t i = 0; i < run->leg_count; i++)
        if (run->legs[i].replayed) return &run->legs[i];
    return NULL;
}

/* "<cache>/limit-plans/<project>-<digest of what it depends on>". */
static int name_plan(struct pb_run *run, const struct pb_arm *planner, const char **out,
                     struct pb_err *err)
{
    struct pb_snapshot snapshot = PB_SNAPSHOT_INIT;
    if (pb_snapshot_open(&snapshot, run->snapshot, err) != 0) return -1;
    const char *parts = pb_arena_printf(&run->arena, "%s%s %s %s", PB_LIMIT_PLAN_HEAD,
                                        snapshot.digest, run->manifests, planner->sha256);
    uint8_t digest[PB_DIGEST_MAX];
    char hex[2 * PB_DIGEST_MAX + 1];
    pb_snapshot_close(&snapshot);
    pb_hex(digest, pb_digest_once(PB_SHA256, parts, strlen(parts), digest), hex);
    const char *dir = pb_arena_printf(&run->arena, "%s/limit-plans", run->cache_dir);
    *out = pb_arena_printf(&run->arena, "%s/%s-%.16s", dir, run->project_name, hex);
    return pb_mkdir_p(AT_FDCWD, dir, err);
}

static int write_plan(const char *project, const char *path, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(PB_LIMIT_PLAN_MAX_BYTES);
    if (pb_limit_plan_make(project, &text, err) != 0) return -1;
    return pb_write_file_atomic(AT_FDCWD, path, pb_buf_str(&text), 0666, err);
}

static int install(struct pb_run *run, const struct pb_leg *leg, const struct pb_arm *planner,
                   struct pb_workspace *ws, struct pb_err *err)
{
    struct pb_command command = {.ws = ws,
                                 .arm = planner,
                                 .registry_url = leg->url,
                                 .namespaces = leg->namespaces,
                                 .action = PB_ACTION_INSTALL};
    if (pb_run_workspace(run, "limit-plan", NULL, ws, err) != 0 ||
        pb_project_put(ws, run->template_dir, planner, leg->url, err) != 0)
        return -1;
    return pb_command_check(run, &command, err);
}

static int make_plan(struct pb_run *run, const struct pb_leg *replayed,
                     const struct pb_arm *planner, const char *path, struct pb_err *err)
{
    const struct pb_leg_place place = pb_run_isolation_place(&run->isolation);
    struct pb_leg leg = *replayed;
    struct pb_workspace ws;
    pb_progress_step("the limit arm: %s makes its plan", planner->name);
    if (pb_leg_start(&run->arena, &leg, run->snapshot, &place, err) != 0) return -1;
    int rc = install(run, &leg, planner, &ws, err);
    pb_leg_stop(&leg);
    if (rc == 0) rc = write_plan(ws.project, path, err);
    if (rc == 0) pb_info("the limit arm's plan was made with %s: %s", planner->name, path);
    return rc;
}

static int find_plan(struct pb_run *run, const struct pb_arm *arm, const char **path,
                     struct pb_err *err)
{
    struct pb_arm *planner = PB_ARENA_NEW(&run->arena, struct pb_arm);
    const struct pb_leg *leg = replayed_leg(run);
    if (!leg)
        return pb_err_set(err, PB_E_USAGE,
                          "arm %s: it talks to a replayed registry only: use --registry replay",
                          arm->name);
    if (pb_arm_make(&run->arena, PLANNER, run->managers, run->manager_count, run->cache_dir,
                    planner, err) != 0)
        return -1;
    if (!planner->binary) return pb_err_set(err, PB_E_NOT_FOUND, "%s", planner->missing);
    if (name_plan(run, planner, path, err) != 0) return -1;
    return pb_exists(AT_FDCWD, *path) ? 0 : make_plan(run, leg, planner, *path, err);
}

int pb_limit_plan_provide(struct pb_run *run, struct pb_err *err)
{
    const char *path = NULL;
    for (size_t i = 0; i < run->arm_count; i++) {
        if (check_given(&run->arms[i], err) != 0) return -1;
        if (!pb_limit_plan_is_wanted(&run->arms[i])) continue;
        if (!path && find_plan(run, &run->arms[i], &path, err) != 0)
            return pb_err_wrap(err, "plan what arm %s has to do", run->arms[i].name);
        run->arms[i].plan = path;
    }
    return 0;
}
