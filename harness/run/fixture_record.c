/* SPDX-License-Identifier: MIT */
#include "harness/run/fixture.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "fixtures/registry/record.h"
#include "harness/isolation/scratch_fs.h"
#include "harness/run/limit_plan.h"
#include "harness/run/npm_registry.h"
#include "harness/workspace/project.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct pb_arm *find_arm(const struct pb_run *run, const char *name)
{
    for (size_t i = 0; i < run->arm_count; i++)
        if (strcmp(run->arms[i].name, name) == 0) return &run->arms[i];
    return NULL;
}

static bool adds_packages(const struct pb_run *run)
{
    for (size_t i = 0; i < run->phase_count; i++)
        if (run->phases[i]->action == PB_ACTION_ADD) return true;
    return false;
}

/* Everything the arm will be measured with, from empty caches. The workspace goes at once, as a
 * rule before it was ever written to the disk. */
static int run_manager(void *context, const char *arm_name, const char *url, struct pb_err *err)
{
    struct pb_run *run = context;
    const struct pb_arm *arm = find_arm(run, arm_name);
    struct pb_workspace ws;
    struct pb_command command = {
        .ws = &ws, .arm = arm, .registry_url = url, .action = PB_ACTION_INSTALL};
    if (pb_run_workspace(run, "record", NULL, &ws, err) != 0) return -1;
    int rc = pb_project_put(&ws, run->template_dir, arm, url, err);
    if (rc == 0) rc = pb_command_check(run, &command, err);
    command.action = PB_ACTION_ADD;
    if (rc == 0 && adds_packages(run)) rc = pb_command_check(run, &command, err);
    if (pb_remove_tree(AT_FDCWD, ws.root, rc == 0 ? err : NULL) != 0) rc = -1;
    return rc;
}

/* A recording takes minutes: logs get its steps as lines. */
static void show(void *context, const char *message)
{
    (void)context;
    if (isatty(STDERR_FILENO))
        pb_progress("recording: %s", message);
    else
        pb_info("recording: %s", message);
}

static int record(struct pb_run *run, const char *snapshot, const char *url, struct pb_err *err)
{
    const char **names = PB_ARENA_ARRAY(&run->arena, const char *, run->arm_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < run->arm_count; i++)
        if (!pb_limit_plan_is_wanted(&run->arms[i])) names[n++] = run->arms[i].name;
    if (n == 0)
        return pb_err_set(err, PB_E_USAGE,
                          "the limit arm does not know what to ask for: add a package manager");
    struct pb_record_plan plan = {.snapshot_dir = snapshot,
                                  .name = run->project_name,
                                  .registry_url = url,
                                  .arms = names,
                                  .n_arms = n,
                                  .run_manager = run_manager,
                                  .progress = show,
                                  .context = run};
    struct pb_record_report report;
    if (pb_record(&plan, &report, err) != 0) return -1;
    pb_progress_clear();
    pb_info("recorded %llu responses into %s (%zu versions left out)",
            (unsigned long long)report.responses, snapshot, report.left_out);
    return 0;
}

/* On a file system of their own the managers' hundreds of thousands of files are deleted in no time
 * and without discarding, which on some disks takes longer than making them. Where it is not
 * permitted the work folder stays where it is. */
static void mount_over(struct pb_arena *arena, const char *work, struct pb_scratch_fs *out)
{
    struct pb_err not_permitted = PB_ERR_INIT;
    if (pb_scratch_fs_mount(arena, "ext4-nojournal", work, out, &not_permitted) != 0)
        *out = (struct pb_scratch_fs){0};
}

int pb_fixture_record(struct pb_run *run, const char *snapshot, struct pb_err *err)
{
    struct pb_run_options options = *run->options;
    PB_AUTO_FREE char *work = NULL;
    struct pb_scratch_fs scratch;
    struct pb_run recording = *run; /* its own work folder, removed when the recording is over */
    const char *url = pb_npm_registry(&run->arena, err);
    if (!url)
        return pb_err_wrap(err, "record the snapshot of %s (there is none at %s)",
                           run->project_name, snapshot);
    if (pb_mkdir_p(AT_FDCWD, run->cache_dir, err) != 0 ||
        pb_make_temp_dir(run->cache_dir, "recording-", &work, err) != 0)
        return -1;
    mount_over(&run->arena, work, &scratch);
    recording.arena = PB_ARENA_INIT;
    recording.options = &options;
    recording.work_dir = work;
    recording.template_dir = pb_arena_printf(&recording.arena, "%s/template", work);
    int rc = pb_project_make_template(run->project_source, recording.template_dir, run->managers,
                                      run->manager_count, err);
    if (rc == 0) rc = record(&recording, snapshot, url, err);
    pb_scratch_fs_unmount(&scratch);
    if (pb_remove_tree(AT_FDCWD, work, rc == 0 ? err : NULL) != 0) rc = -1;
    pb_arena_release(&recording.arena);
    if (rc != 0) return pb_err_wrap(err, "record the snapshot of %s", run->project_name);
    return 0;
}
