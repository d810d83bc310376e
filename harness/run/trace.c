/* SPDX-License-Identifier: MIT */
/* Extra samples of the deep levels: one of each arm after the rounds of its phase. */
#include "harness/run/context.h"

#include "base/fs.h"
#include "base/term.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>

int pb_run_check_traces(const struct pb_run_list *traces, struct pb_err *err)
{
    enum pb_trace_level level;
    for (size_t i = 0; i < traces->n; i++)
        if (!pb_trace_by_name(traces->items[i], &level))
            return pb_err_set(err, PB_E_USAGE, "--trace %s: neither sched, syscalls nor timeline",
                              traces->items[i]);
    return 0;
}

/* A registry's label may be anything. */
static const char *file_name(struct pb_arena *arena, const char *registry, const char *phase,
                             const char *arm)
{
    char *name = pb_arena_printf(arena, "%s.%s.%s.timeline", registry, phase, arm);
    for (char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr(".-_", *c)) *c = '_';
    return pb_arena_printf(arena, "trace/%s", name);
}

int pb_run_trace_begin(struct pb_run *run, const struct pb_sample *sample, struct pb_err *err)
{
    struct pb_run_trace *t = run->trace;
    const char *dir = pb_arena_printf(&run->arena, "%s/trace", run->out_dir);
    t->file = file_name(&run->arena, sample->registry, sample->phase, sample->arm);
    if (t->level == PB_TRACE_TIMELINE && pb_mkdir_p(AT_FDCWD, dir, err) != 0) return -1;
    return pb_trace_begin(&t->instruments, t->level,
                          pb_arena_printf(&run->arena, "%s/%s", run->out_dir, t->file), err);
}

int pb_run_trace_end(struct pb_run *run, struct pb_sample *sample, struct pb_err *err)
{
    struct pb_run_trace *t = run->trace;
    sample->trace = pb_trace_name(t->level);
    sample->detail_json = pb_trace_end(&run->arena, &t->instruments, t->level, t->file, err);
    return sample->detail_json ? 0 : -1;
}

static int trace_arms(struct pb_run *run, size_t leg, size_t phase, struct pb_err *err)
{
    for (size_t arm = 0; arm < run->arm_count && !pb_run_cancelled(run); arm++) {
        const struct pb_run_cell *cell = pb_run_cell(run, leg, phase, arm);
        if (cell->dead || cell->traced[run->trace->level]) continue;
        pb_progress("%s %s trace %s %s", run->legs[leg].label, run->phases[phase]->key,
                    pb_trace_name(run->trace->level), run->arms[arm].name);
        if (pb_disk_guard(run, err) != 0 ||
            pb_sample_take(run, leg, phase, arm, 0, (int)arm, err) != 0)
            return -1;
    }
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
        enum pb_collector_group group = pb_trace_group(trace.level);
        pb_instruments_open(&trace.instruments, PB_COLLECT_DEFAULT | 1u << group);
        const struct pb_loss *loss = pb_collector_loss(trace.instruments.collector, group);
        run->trace = &trace;
        rc = loss ? tell_loss(run, trace.level, loss, err) : trace_arms(run, leg, phase, err);
        run->trace = NULL;
        pb_instruments_close(&trace.instruments);
    }
    return rc;
}
