/* SPDX-License-Identifier: MIT */
/* Extra samples of the deep levels: one of each arm after the rounds of its phase. */
#include "harness/run/context.h"

#include "base/fs.h"
#include "base/term.h"
#include "fixtures/registry/serve_client.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

int pb_run_check_traces(const struct pb_run_list *traces, struct pb_err *err)
{
    enum pb_trace_level level;
    for (size_t i = 0; i < traces->n; i++)
        if (!pb_trace_by_name(traces->items[i], &level))
            return pb_err_set(err, PB_E_USAGE, "--trace %s: none of %s", traces->items[i],
                              pb_trace_names());
    return 0;
}

/* "trace/replay.p0_full_cold.plumb.0.timeline"; a registry's label may be anything. */
static const char *file_name(struct pb_arena *arena, const struct pb_sample *sample,
                             const char *extension)
{
    char *name = pb_arena_printf(arena, "%s.%s.%s.%d.%s", sample->registry, sample->phase,
                                 sample->arm, sample->round, extension);
    for (char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr(".-_", *c)) *c = '_';
    return pb_arena_printf(arena, "trace/%s", name);
}

static const char *in_results(struct pb_run *run, const char *name)
{
    return pb_arena_printf(&run->arena, "%s/%s", run->out_dir, name);
}

/* The command runs in another folder, so its file needs a whole path. */
static int find_spans_path(struct pb_run *run, const struct pb_sample *sample, struct pb_err *err)
{
    struct pb_run_trace *t = run->trace;
    char *dir = realpath(run->out_dir, NULL);
    if (!dir) return pb_err_sys(err, errno, "trace: %s", run->out_dir);
    t->files.spans = file_name(&run->arena, sample, "spans.json");
    t->spans_path = pb_arena_printf(&run->arena, "%s/%s", dir, t->files.spans);
    free(dir);
    return 0;
}

static void name_stacks(struct pb_run *run, const struct pb_sample *sample)
{
    struct pb_trace_files *files = &run->trace->files;
    files->cpu_stacks = file_name(&run->arena, sample, "cpu.folded");
    files->cpu_stacks_path = in_results(run, files->cpu_stacks);
    files->off_cpu_stacks = file_name(&run->arena, sample, "off-cpu.folded");
    files->off_cpu_stacks_path = in_results(run, files->off_cpu_stacks);
}

static int name_timeline(struct pb_run *run, const struct pb_leg *leg, const struct pb_arm *arm,
                         const struct pb_sample *sample, struct pb_err *err)
{
    struct pb_run_trace *t = run->trace;
    if (arm->manager->trace && find_spans_path(run, sample, err) != 0) return -1;
    if (leg->server) {
        t->files.requests = file_name(&run->arena, sample, "requests.json");
        if (pb_serve_client_log(leg->server, err) != 0) return -1;
    }
    t->files.timeline = file_name(&run->arena, sample, "timeline");
    t->files.timeline_path = in_results(run, t->files.timeline);
    return 0;
}

int pb_run_trace_begin(struct pb_run *run, const struct pb_leg *leg, const struct pb_arm *arm,
                       const struct pb_sample *sample, struct pb_err *err)
{
    struct pb_run_trace *t = run->trace;
    t->files = (struct pb_trace_files){0};
    t->spans_path = NULL;
    if (t->level == PB_TRACE_STACKS) name_stacks(run, sample);
    if ((t->level == PB_TRACE_STACKS || t->level == PB_TRACE_TIMELINE) &&
        pb_mkdir_p(AT_FDCWD, in_results(run, "trace"), err) != 0)
        return -1;
    if (t->level == PB_TRACE_TIMELINE && name_timeline(run, leg, arm, sample, err) != 0) return -1;
    return pb_trace_begin(&t->instruments, t->level, &t->files, err);
}

static int write_requests(struct pb_run *run, const struct pb_leg *leg, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf log = PB_BUF_INIT((size_t)256 << 20);
    if (!run->trace->files.requests) return 0;
    if (pb_serve_client_requests(leg->server, &log, err) != 0) return -1;
    return pb_write_file(AT_FDCWD, in_results(run, run->trace->files.requests), pb_buf_str(&log),
                         0666, err);
}

int pb_run_trace_end(struct pb_run *run, const struct pb_leg *leg, struct pb_sample *sample,
                     struct pb_err *err)
{
    struct pb_run_trace *t = run->trace;
    if (t->spans_path && !pb_exists(AT_FDCWD, t->spans_path)) t->files.spans = NULL; /* it failed */
    sample->trace = pb_trace_name(t->level);
    sample->detail_json = pb_trace_end(&run->arena, &t->instruments, t->level, &t->files, err);
    return sample->detail_json ? write_requests(run, leg, err) : -1;
}

static int trace_arm(struct pb_run *run, size_t leg, size_t phase, size_t arm, struct pb_err *err)
{
    const struct pb_run_cell *cell = pb_run_cell(run, leg, phase, arm);
    enum pb_trace_level level = run->trace->level;
    unsigned wanted = run->options->trace_samples > 0 ? (unsigned)run->options->trace_samples : 1;
    while (cell->traced[level] < wanted && !cell->dead && !pb_run_cancelled(run)) {
        pb_progress_step("%s %s trace %s %s", run->legs[leg].label, run->phases[phase]->key,
                         pb_trace_name(level), run->arms[arm].name);
        if (pb_disk_guard(run, err) != 0 ||
            pb_sample_take(run, leg, phase, arm, (int)cell->traced[level], (int)arm, err) != 0)
            return -1;
    }
    return 0;
}

static int trace_arms(struct pb_run *run, size_t leg, size_t phase, struct pb_err *err)
{
    for (size_t arm = 0; arm < run->arm_count; arm++)
        if (trace_arm(run, leg, phase, arm, err) != 0) return -1;
    return 0;
}

/* Told once for the run. */
static int tell_loss(struct pb_run *run, enum pb_trace_level level, const struct pb_loss *loss,
                     struct pb_err *err)
{
    if (run->trace_loss_told[level]) return 0;
    run->trace_loss_told[level] = true;
    const char *text = pb_arena_printf(&run->arena, "no trace of level %s: %s: %s",
                                       pb_trace_name(level), loss->cause, loss->cure);
    pb_warn("%s", text);
    return pb_journal_write_event(run->journal, "trace_lost", text, err);
}

int pb_run_trace_phase(struct pb_run *run, size_t leg, size_t phase, struct pb_err *err)
{
    const struct pb_run_list *traces = &run->options->traces;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < traces->n && !pb_run_cancelled(run); i++) {
        struct pb_run_trace trace = {0};
        if (!pb_trace_by_name(traces->items[i], &trace.level)) continue; /* checked before */
        pb_instruments_open(&trace.instruments, pb_trace_groups(trace.level));
        struct pb_loss loss;
        bool is_lost = pb_trace_is_lost(&trace.instruments, trace.level, &loss);
        run->trace = &trace;
        rc = is_lost ? tell_loss(run, trace.level, &loss, err) : trace_arms(run, leg, phase, err);
        run->trace = NULL;
        pb_instruments_close(&trace.instruments);
    }
    return rc;
}
