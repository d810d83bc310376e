/* SPDX-License-Identifier: MIT */
#include "installer/stages/stages_internal.h"

#include "base/mem.h"

#include <stdlib.h>

struct clone_job {
    struct pl_job job;
    struct pl_clone clone;
};

struct pl_clone pl_clone_prepare(struct pkg_work *work, pl_place place)
{
    return (struct pl_clone){.work = work,
                             .place = place,
                             .dirfd = work->st->place_dirfds[place],
                             .target = pl_sched_target(work->st->sched, place).p};
}

static void place(struct pl_clone *c)
{
    struct pkg_work *work = c->work;
    struct pl_store *store = work->st->options.store;
    const struct pl_place_target target = {
        .root_dirfd = c->dirfd, .path = c->target, .is_private = work->source.is_private};
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pl_store_package *package = pl_store_find(store, work->store_key, &arena);
    int result = -1;
    if (package)
        result = pl_place_package(store, package, &target, &c->result, &c->err);
    else
        c->result.damaged = true; /* its record, or forgotten by another target's clone */
    pb_arena_release(&arena);
    if (result == 0 || !package) return;
    if (c->result.damaged) pl_store_forget(store, work->store_key);
    pb_err_wrap(&c->err, "place " PB_FMT, PB_ARG(work->source.label));
}

void pl_clone_make(struct pl_clone *c)
{
    struct pl_trace *trace = c->work->st->options.trace;
    int64_t start = pl_trace_start(trace);
    place(c);
    pl_trace_end(trace, PL_TRACE_JOB, "clone", c->work->source.label, start);
}

void pl_clone_tell(const struct pl_clone *c)
{
    struct pl_sched *sched = c->work->st->sched;
    if (c->result.damaged)
        pl_sched_damaged(sched, c->place);
    else
        pl_sched_cloned(sched, c->place, c->result.linked, c->result.copied,
                        pb_err_is_set(&c->err) ? &c->err : NULL);
}

static void run(struct pl_job *job)
{
    pl_clone_make(&((struct clone_job *)job)->clone);
}

static void done(struct pl_job *job)
{
    struct clone_job *c = (struct clone_job *)job;
    if (!job->cancelled) pl_clone_tell(&c->clone);
    free(c);
}

void pl_stage_clone(struct pkg_work *work, pl_place place)
{
    struct clone_job *c = pb_calloc(1, sizeof *c);
    c->job = (struct pl_job){.lane = PL_LANE_CLONE, .run = run, .done = done};
    c->clone = pl_clone_prepare(work, place);
    pl_pool_add(work->st->options.pool, &c->job);
}
