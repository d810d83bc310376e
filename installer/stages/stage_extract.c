/* SPDX-License-Identifier: MIT */
#include "installer/stages/stages_internal.h"

#include "base/mem.h"

#include <stdlib.h>

struct extract_job {
    struct pl_job job;
    struct pkg_work *work; /* its body belongs to the job until done */
    bool reused;
    struct pb_err err;
    struct pl_clone clone; /* follows, when it has a place */
};

static void extract(struct extract_job *e)
{
    struct pkg_work *work = e->work;
    const struct pl_store_add add = {.has_scripts = work->source.has_scripts,
                                     .bin = work->source.bin};
    const struct pl_packed packed = pl_body_packed(&work->body);
    if (pl_store_add_archive(work->st->options.store, work->store_key, &packed, &add, &e->reused,
                             &e->err) != 0)
        pb_err_wrap(&e->err, "unpack " PB_FMT " (%s)", PB_ARG(work->source.label),
                    work->source.file.n > 0 ? work->source.file.p : work->source.url.p);
    pl_body_release(&work->body); /* here: giving back a large buffer takes time */
}

static void run(struct pl_job *job)
{
    struct extract_job *e = (struct extract_job *)job;
    struct pl_trace *trace = e->work->st->options.trace;
    int64_t start = pl_trace_start(trace);
    extract(e);
    pl_trace_end(trace, PL_TRACE_JOB, "extract", e->work->source.label, start);
    if (!e->clone.place) return;
    if (pb_err_is_set(&e->err))
        e->clone.err = e->err;
    else
        pl_clone_make(&e->clone);
}

static void done(struct pl_job *job)
{
    struct extract_job *e = (struct extract_job *)job;
    const struct pb_err *err = pb_err_is_set(&e->err) ? &e->err : NULL;
    if (!job->cancelled) {
        pl_sched_extracted(e->work->st->sched, e->work->id, e->reused, err);
        if (e->clone.place) pl_clone_tell(&e->clone);
    }
    free(e);
}

void pl_stage_extract(struct pkg_work *work)
{
    struct extract_job *e = pb_calloc(1, sizeof *e);
    e->job = (struct pl_job){.lane = PL_LANE_EXTRACT, .run = run, .done = done};
    e->work = work;
    pl_place place = pl_sched_follow(work->st->sched, work->id);
    if (place) e->clone = pl_clone_prepare(work, place);
    pl_pool_add(work->st->options.pool, &e->job);
}
