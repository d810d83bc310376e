/* SPDX-License-Identifier: MIT */
#ifndef PL_POOL_H
#define PL_POOL_H

#include "base/err.h"

#include <stddef.h>

/*
 * A few worker threads with one job queue per lane. Jobs finish in batches: a worker wakes the loop
 * thread when what has finished weighs enough (metadata at once), or when no work is left, not once
 * per job. Everything but run() happens on the loop thread.
 */
struct pl_pool;

/* In order of preference: metadata unblocks the resolver, and an extraction frees memory and lets
 * the next download start; linking before these has been measured as slower. */
enum pl_lane { PL_LANE_PARSE, PL_LANE_EXTRACT, PL_LANE_CLONE, PL_LANES };

struct pl_job {
    enum pl_lane lane;
    void (*run)(struct pl_job *job);  /* on a worker */
    void (*done)(struct pl_job *job); /* on the loop thread, exactly once; may free the job */
    bool cancelled;                   /* the pool was freed before run() */
    struct pl_job *next;              /* the pool's own */
};

/* `wake` must be callable from any thread. */
struct pl_pool *pl_pool_new(unsigned workers, void (*wake)(void *user), void *user,
                            struct pb_err *err);
/* Lets running jobs end, cancels queued ones; done() of all of them is called. */
void pl_pool_free(struct pl_pool *pool);
void pl_pool_add(struct pl_pool *pool, struct pl_job *job);
/* Calls done() of what has finished, in order. Returns how many. */
size_t pl_pool_finish(struct pl_pool *pool);
/* Waits until no job is left, queued or running, then as pl_pool_finish(). */
void pl_pool_drain(struct pl_pool *pool);

/* min(max(processors this process may use, 1), 4): more writers only queue at the disk. */
unsigned pl_pool_default_workers(void);

#endif
