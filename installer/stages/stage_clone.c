/* SPDX-License-Identifier: MIT */
#include "installer/stages/stages_internal.h"

#include "base/mem.h"
#include "installer/store/place.h"

#include <stdlib.h>

struct clone_job {
    struct pl_job job;
    struct pkg_work *work;
    pl_place place;
    int dirfd;
    const char *target; /* below it; zero-terminated, lives as long as the scheduler */
    struct pl_place_result result;
    struct pb_err err;
};

static void place(struct pl_job *job)
{
    struct clone_job *c = (struct clone_job *)job;
    struct pkg_work *work = c->work;
    struct pl_store *store = work->st->options.store;
    const struct pl_store_package *package = pl_store_find(store, work->store_key);
    if (!package) {
        c->result.damaged = true; /* forgotten by another target's clone */
        return;
    }
    const struct pl_place_target target = {
        .root_dirfd = c->dirfd, .path = c->target, .is_private = work->source.is_private};
    if (pl_place_package(store, package, &target, &c->result, &c->err) == 0) return;
    if (c->result.damaged) pl_store_forget(store, work->store_key);
    pb_err_wrap(&c->err, "place " PB_FMT, PB_ARG(work->source.label));
}

static void run(struct pl_job *job)
{
    const struct pkg_work *work = ((struct clone_job *)job)->work;
    struct pl_trace *trace = work->st->options.trace;
    int64_t start = pl_trace_start(trace);
    place(job);
    pl_trace_end(trace, PL_TRACE_JOB, "clone", work->source.label, start);
}

static void done(struct pl_job *job)
{
    struct clone_job *c = (struct clone_job *)job;
    struct pl_sched *sched = c->work->st->sched;
    if (!job->cancelled && c->result.damaged)
        pl_sched_damaged(sched, c->place);
    else if (!job->cancelled)
        pl_sched_cloned(sched, c->place, c->result.linked, c->result.copied,
                        pb_err_is_set(&c->err) ? &c->err : NULL);
    free(c);
}

void pl_stage_clone(struct pkg_work *work, pl_place place)
{
    struct clone_job *c = pb_calloc(1, sizeof *c);
    c->job = (struct pl_job){.lane = PL_LANE_CLONE, .run = run, .done = done};
    c->work = work;
    c->place = place;
    c->dirfd = work->st->place_dirfds[place];
    c->target = pl_sched_target(work->st->sched, place).p;
    pl_pool_add(work->st->options.pool, &c->job);
}
