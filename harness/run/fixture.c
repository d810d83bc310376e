/* SPDX-License-Identifier: MIT */
#include "harness/run/fixture.h"

#include "base/datadir.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "fixtures/synth/synth.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The fixture of a run without a project: large enough that all stages of an install matter, small
 * enough for a first look (about 450 packages and 9,500 files). */
#define SYNTHETIC_PACKAGES 300
#define SYNTHETIC_FILES 8000
#define SYNTHETIC_SEED 1

static bool is_project(struct pb_arena *arena, const char *dir)
{
    return pb_exists(AT_FDCWD, pb_arena_printf(arena, "%s/package.json", dir));
}

static bool is_snapshot(struct pb_arena *arena, const char *dir)
{
    return pb_exists(AT_FDCWD, pb_arena_printf(arena, "%s/snapshot.json", dir));
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *real_path(struct pb_arena *arena, const char *path, struct pb_err *err)
{
    PB_AUTO_FREE char *real = pb_real_path(path, err);
    return real ? pb_arena_cstr(arena, pb_str(real)) : NULL;
}

static bool needs_snapshot(const struct pb_run *run)
{
    for (size_t i = 0; i < run->leg_count; i++)
        if (run->legs[i].replayed) return true;
    return false;
}

/* A user's folder: its snapshot's name tells folders of the same name apart. */
static int use_folder(struct pb_run *run, const char *dir, const char **snapshot,
                      struct pb_err *err)
{
    run->project_source = real_path(&run->arena, dir, err);
    if (!run->project_source) return -1;
    run->project_name = base_name(run->project_source);
    uint64_t hash = pb_str_hash(pb_str(run->project_source));
    *snapshot = pb_arena_printf(&run->arena, "%s/snapshots/%s-%08" PRIx32, run->cache_dir,
                                run->project_name, (uint32_t)hash);
    return 0;
}

static int use_bundled(struct pb_run *run, const char *name, const char **snapshot,
                       struct pb_err *err)
{
    PB_AUTO_FREE char *projects = pb_datadir("fixtures/projects", err);
    if (!projects) return -1;
    const char *dir = pb_arena_printf(&run->arena, "%s/%s", projects, name);
    if (strchr(name, '/') || !is_project(&run->arena, dir))
        return pb_err_set(err, PB_E_USAGE,
                          "project %s: neither a bundled one (see phasebench list fixtures) "
                          "nor a folder with a package.json",
                          name);
    run->project_source = dir;
    run->project_name = name;
    *snapshot = pb_arena_printf(&run->arena, "%s/snapshots/%s", run->cache_dir, name);
    return 0;
}

static int use_snapshot_project(struct pb_run *run, const char *snapshot, struct pb_err *err)
{
    const char *dir = pb_arena_printf(&run->arena, "%s/project", snapshot);
    if (!is_project(&run->arena, dir))
        return pb_err_set(err, PB_E_USAGE,
                          "snapshot %s: no project came with it: name the project too", snapshot);
    run->project_source = dir;
    run->project_name = base_name(snapshot);
    return 0;
}

/* Made aside and renamed: a killed first run leaves nothing half done. */
static int make_synthetic(struct pb_run *run, const char *snapshot, struct pb_err *err)
{
    PB_AUTO_FREE char *staging = NULL;
    struct pb_synth_report report;
    const char *parent = pb_arena_printf(&run->arena, "%s/snapshots", run->cache_dir);
    if (pb_mkdir_p(AT_FDCWD, parent, err) != 0 ||
        pb_make_temp_dir(parent, ".synthetic-", &staging, err) != 0)
        return -1;
    const struct pb_synth_plan plan = {.dir = pb_arena_printf(&run->arena, "%s/snapshot", staging),
                                       .name = "synthetic",
                                       .packages = SYNTHETIC_PACKAGES,
                                       .files = SYNTHETIC_FILES,
                                       .seed = SYNTHETIC_SEED};
    int rc = pb_synth(&plan, &report, err);
    if (rc == 0 && rename(plan.dir, snapshot) != 0)
        rc = pb_err_sys(err, errno, "put the synthetic fixture in place: %s", snapshot);
    if (pb_remove_tree(AT_FDCWD, staging, rc == 0 ? err : NULL) != 0) rc = -1;
    return rc;
}

static int use_synthetic(struct pb_run *run, const char **snapshot, struct pb_err *err)
{
    *snapshot = pb_arena_printf(&run->arena, "%s/snapshots/synthetic", run->cache_dir);
    if (!is_snapshot(&run->arena, *snapshot)) {
        pb_progress_step("making the synthetic fixture");
        if (make_synthetic(run, *snapshot, err) != 0) return -1;
    }
    return use_snapshot_project(run, *snapshot, err);
}

int pb_fixture_find_project(struct pb_run *run, const char **snapshot, struct pb_err *err)
{
    const struct pb_run_options *o = run->options;
    if (!o->project && o->snapshot) return use_snapshot_project(run, o->snapshot, err);
    if (!o->project) return use_synthetic(run, snapshot, err);
    if (is_project(&run->arena, o->project)) return use_folder(run, o->project, snapshot, err);
    return use_bundled(run, o->project, snapshot, err);
}

int pb_fixture_find(struct pb_run *run, struct pb_err *err)
{
    const char *snapshot = NULL, *given = run->options->snapshot;
    if (given && !is_snapshot(&run->arena, given))
        return pb_err_set(err, PB_E_NOT_FOUND, "snapshot %s: there is no snapshot.json in it",
                          given);
    if (pb_fixture_find_project(run, &snapshot, err) != 0) return -1;
    if (!needs_snapshot(run)) return 0;
    if (given) snapshot = given;
    if (!is_snapshot(&run->arena, snapshot) && pb_fixture_record(run, snapshot, err) != 0)
        return -1;
    run->snapshot = real_path(&run->arena, snapshot, err);
    return run->snapshot ? 0 : -1;
}
