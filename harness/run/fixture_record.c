/* SPDX-License-Identifier: MIT */
#include "harness/run/fixture.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "fixtures/registry/record.h"
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

/* Everything the arm will be measured with, from empty caches. The workspace goes at once: nothing
 * is timed here. */
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
    for (size_t i = 0; i < run->arm_count; i++)
        names[i] = run->arms[i].name;
    struct pb_record_plan plan = {.snapshot_dir = snapshot,
                                  .name = run->project_name,
                                  .registry_url = url,
                                  .arms = names,
                                  .n_arms = run->arm_count,
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

int pb_fixture_record(struct pb_run *run, const char *snapshot, struct pb_err *err)
{
    struct pb_run_options options = *run->options;
    PB_AUTO_FREE char *work = NULL;
    struct pb_run recording = *run; /* its own work folder, removed when the recording is over */
    const char *url = pb_npm_registry(&run->arena, err);
    if (!url)
        return pb_err_wrap(err, "record the snapshot of %s (there is none at %s)",
                           run->project_name, snapshot);
    if (pb_mkdir_p(AT_FDCWD, run->cache_dir, err) != 0 ||
        pb_make_temp_dir(run->cache_dir, "recording-", &work, err) != 0)
        return -1;
    recording.arena = PB_ARENA_INIT;
    recording.options = &options;
    recording.work_dir = work;
    recording.template_dir = pb_arena_printf(&recording.arena, "%s/template", work);
    int rc = pb_project_make_template(run->project_source, recording.template_dir, run->managers,
                                      run->manager_count, err);
    if (rc == 0) rc = record(&recording, snapshot, url, err);
    if (pb_remove_tree(AT_FDCWD, work, rc == 0 ? err : NULL) != 0) rc = -1;
    pb_arena_release(&recording.arena);
    if (rc != 0) return pb_err_wrap(err, "record the snapshot of %s", run->project_name);
    return 0;
}
