/* SPDX-License-Identifier: MIT */
#include "harness/run/run.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/term.h"
#include "harness/run/cache_dir.h"
#include "harness/run/context.h"
#include "harness/run/deletion.h"
#include "harness/run/fixture.h"
#include "harness/run/limit_plan.h"
#include "harness/run/plan.h"
#include "harness/run/resume.h"
#include "harness/run/saved_options.h"
#include "harness/workspace/manifests.h"
#include "harness/workspace/project.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int make_out_dir(struct pb_run *run, struct pb_err *err)
{
    const struct pb_run_options *o = run->options;
    if (!o->resume && pb_mkdir_p(AT_FDCWD, o->out, err) != 0)
        return pb_err_wrap(err, "make the result folder");
    char *real = pb_real_path(o->out, err);
    if (!real) return pb_err_wrap(err, "use the result folder");
    run->out_dir = pb_arena_cstr(&run->arena, pb_str(real));
    free(real);
    bool used = pb_exists(AT_FDCWD, pb_arena_printf(&run->arena, "%s/journal.jsonl", run->out_dir));
    if (used == o->resume) return 0;
    if (used)
        return pb_err_set(err, PB_E_USAGE,
                          "use the result folder: %s: it holds results already: go on with "
                          "--resume, or choose another with --out",
                          o->out);
    return pb_err_set(err, PB_E_USAGE, "resume: %s: there is no journal in it", o->out);
}

static int make_template(struct pb_run *run, struct pb_err *err)
{
    bool unpinned;
    if (pb_project_make_template(run->project_source, run->template_dir, run->managers,
                                 run->manager_count, err) != 0 ||
        pb_manifest_unpin(run->template_dir, &unpinned, err) != 0)
        return -1;
    if (unpinned)
        pb_info("the package manager that package.json names is left out of the project's copies");
    return pb_manifests_digest(run->template_dir, run->manifests, err);
}

/* Work folders of killed runs of the same result folder go at the end too. */
static int make_work_dir(struct pb_run *run, struct pb_err *err)
{
    run->work_dir = pb_arena_printf(&run->arena, "%s/work/%lld-%d", run->out_dir,
                                    (long long)(pb_wallclock_ns() / PB_NS_PER_S), (int)getpid());
    run->template_dir = pb_arena_printf(&run->arena, "%s/template", run->work_dir);
    if (pb_mkdir_p(AT_FDCWD, run->work_dir, err) != 0)
        return pb_err_wrap(err, "make the work folder");
    return make_template(run, err);
}

static int note_deletion(struct pb_run *run, struct pb_err *err)
{
    static const char text[] = "files of an earlier run are still being deleted in the background, "
                               "which may slow down this run";
    pb_warn("%s", text);
    return pb_journal_write_event(run->journal, "deletion_under_way", text, err);
}

/* The run and arm lines come first in a journal; a resumed one has them. */
static int begin_journal(struct pb_run *run, struct pb_err *err)
{
    const struct pb_run_options *o = run->options;
    if (o->resume && pb_run_resume(run, err) != 0) return -1;
    run->journal = pb_journal_open(run->out_dir, err);
    if (!run->journal) return -1;
    int rc;
    if (o->resume)
        rc = pb_journal_write_event(run->journal, "resumed", o->command_line, err);
    else if ((rc = pb_saved_options_write(o, err)) == 0)
        rc = pb_run_plan_journal(run, err);
    if (rc == 0 && o->delayed_arm)
        rc = pb_journal_write_event(run->journal, "delayed_on_purpose", o->delayed_arm, err);
    if (rc == 0 && pb_deletion_under_way(run->cache_dir)) rc = note_deletion(run, err);
    return rc;
}

static bool replays(const struct pb_run *run)
{
    for (size_t i = 0; i < run->leg_count; i++)
        if (run->legs[i].replayed) return true;
    return false;
}

static int isolate(struct pb_run *run, struct pb_err *err)
{
    const char *work = pb_arena_printf(&run->arena, "%s/work", run->out_dir);
    return pb_run_isolation_begin(&run->arena, run->options, replays(run), work, &run->isolation,
                                  err);
}

static int set_up(struct pb_run *run, struct pb_err *err)
{
    run->cache_dir = pb_cache_dir(&run->arena, run->options->cache, err);
    if (!run->cache_dir || make_out_dir(run, err) != 0 || pb_run_plan(run, err) != 0 ||
        isolate(run, err) != 0 || pb_fixture_find(run, err) != 0 || make_work_dir(run, err) != 0 ||
        pb_limit_plan_provide(run, err) != 0)
        return -1;
    run->probes = pb_probe_set_new(pb_probe_table);
    pb_instruments_open(&run->instruments, PB_COLLECT_DEFAULT);
    return begin_journal(run, err);
}

/* What the emulated link did: packets that it had to drop would be its own doing. */
static int note_link(struct pb_run *run, struct pb_err *err)
{
    if (!run->isolation.has_line) return 0;
    const struct pb_tun_line_stats *s = run->isolation.line.stats;
    const char *text = pb_arena_printf(
        &run->arena, "the link carried %llu bytes in %llu packets, dropped %llu, used %lld ms CPU",
        (unsigned long long)s->bytes, (unsigned long long)s->packets,
        (unsigned long long)s->dropped, (long long)(s->cpu_ns / PB_NS_PER_MS));
    if (s->dropped) pb_warn("%s", text);
    return pb_journal_write_event(run->journal, "link", text, err);
}

static int run_legs(struct pb_run *run, struct pb_err *err)
{
    const struct pb_leg_place place = pb_run_isolation_place(&run->isolation);
    for (size_t leg = 0; leg < run->leg_count && !pb_run_cancelled(run); leg++) {
        pb_progress_step("%s: starting", run->legs[leg].label);
        if (pb_leg_start(&run->arena, &run->legs[leg], run->snapshot, &place, err) != 0) return -1;
        int rc = pb_rounds_run(run, leg, err);
        pb_leg_stop(&run->legs[leg]);
        if (rc != 0) return -1;
    }
    return note_link(run, err);
}

/* Writes the end line. An interruption is no failure of the run. */
static int finish(struct pb_run *run, int rc, struct pb_err *err)
{
    run->summary.cancelled = pb_run_cancelled(run);
    if (run->summary.cancelled) {
        pb_err_clear(err);
        return pb_journal_write_end(run->journal, "interrupted", err);
    }
    if (rc == 0) return pb_journal_write_end(run->journal, "finished", err);
    struct pb_err ignored = PB_ERR_INIT; /* the first cause stays */
    if (pb_journal_write_event(run->journal, "failed", err->msg, &ignored) != 0 ||
        pb_journal_write_end(run->journal, "failed", &ignored) != 0)
        pb_warn("%s", ignored.msg);
    return -1;
}

static void clean_up(struct pb_run *run)
{
    pb_progress_clear();
    pb_journal_close(run->journal);
    struct pb_err err = PB_ERR_INIT;
    pb_run_isolation_end(&run->isolation);
    const char *work = run->work_dir ? pb_arena_printf(&run->arena, "%s/work", run->out_dir) : NULL;
    if (work && !run->options->keep && pb_deletion_start(work, run->cache_dir, &err) != 0)
        pb_warn("%s", err.msg);
    if (run->probes) pb_instruments_close(&run->instruments);
    pb_probe_set_free(run->probes);
    pb_map_release(&run->known_trees);
    pb_arena_release(&run->arena);
}

int pb_run(const struct pb_run_options *options, struct pb_run_summary *out, struct pb_err *err)
{
    struct pb_run_options effective = *options;
    struct pb_run run = {.arena = PB_ARENA_INIT, .options = &effective};
    int64_t begin = pb_now_ns();
    int rc = options->resume ? pb_saved_options_read(&run.arena, &effective, err) : 0;
    if (rc == 0) rc = set_up(&run, err);
    if (effective.budget_ns) run.deadline_ns = begin + effective.budget_ns;
    if (run.journal) {
        if (rc == 0) rc = run_legs(&run, err);
        rc = finish(&run, rc, err);
    }
    *out = run.summary;
    clean_up(&run);
    return rc;
}

int pb_run_record(const struct pb_run_options *options, const char *snapshot, struct pb_err *err)
{
    struct pb_run run = {.arena = PB_ARENA_INIT, .options = options};
    const char *usual_place;
    int rc = -1;
    run.cache_dir = pb_cache_dir(&run.arena, options->cache, err);
    if (run.cache_dir && pb_run_plan(&run, err) == 0 &&
        pb_fixture_find_project(&run, &usual_place, err) == 0)
        rc = pb_fixture_record(&run, snapshot, err);
    pb_arena_release(&run.arena);
    return rc;
}
