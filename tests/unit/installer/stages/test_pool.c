/* SPDX-License-Identifier: MIT */
#include "installer/stages/pool.h"

#include <criterion/criterion.h>
#include <semaphore.h>
#include <stdatomic.h>

struct counting_job {
    struct pl_job job;
    int *order; /* of run(), shared by single-worker tests */
    int *ran;
    int id;
    bool done, was_cancelled;
    atomic_int *run_count;
    sem_t *gate; /* run() waits for it */
};

static atomic_int wakes;

static void on_wake(void *user)
{
    sem_post(user);
    atomic_fetch_add(&wakes, 1);
}

static void run(struct pl_job *job)
{
    struct counting_job *c = (struct counting_job *)job;
    if (c->gate) sem_wait(c->gate);
    if (c->order) c->order[(*c->ran)++] = c->id;
    if (c->run_count) atomic_fetch_add(c->run_count, 1);
}

static void done(struct pl_job *job)
{
    struct counting_job *c = (struct counting_job *)job;
    cr_assert_not(c->done, "done twice");
    c->done = true;
    c->was_cancelled = job->cancelled;
}

static struct pl_pool *new_pool(unsigned workers, sem_t *woken)
{
    struct pb_err err = PB_ERR_INIT;
    sem_init(woken, 0, 0);
    struct pl_pool *pool = pl_pool_new(workers, on_wake, woken, &err);
    cr_assert_not_null(pool, "%s", err.msg);
    return pool;
}

Test(pool, every_job_ends_exactly_once)
{
    enum { JOBS = 2000 };
    static struct counting_job jobs[JOBS];
    static atomic_int run_count;
    sem_t woken;
    struct pl_pool *pool = new_pool(4, &woken);
    for (int i = 0; i < JOBS; i++) {
        jobs[i] = (struct counting_job){
            .job = {.lane = (enum pl_lane)(i % PL_LANES), .run = run, .done = done},
            .run_count = &run_count};
        pl_pool_add(pool, &jobs[i].job);
    }
    for (size_t finished = 0; finished < JOBS;) {
        size_t n = pl_pool_finish(pool);
        finished += n;
        if (n == 0) sem_wait(&woken); /* hangs here if a wake is missing */
    }
    cr_expect_eq(run_count, JOBS);
    for (int i = 0; i < JOBS; i++)
        cr_expect(jobs[i].done && !jobs[i].was_cancelled);
    cr_expect_lt(wakes, JOBS, "one wake per job");
    pl_pool_free(pool);
}

Test(pool, lanes_have_their_order)
{
    int order[4];
    int ran = 0;
    sem_t woken;
    sem_t gate;
    sem_init(&gate, 0, 0);
    struct pl_pool *pool = new_pool(1, &woken);
    static const enum pl_lane lanes[] = {PL_LANE_PARSE, PL_LANE_CLONE, PL_LANE_EXTRACT,
                                         PL_LANE_PARSE};
    static struct counting_job jobs[4];
    for (int i = 0; i < 4; i++) {
        jobs[i] = (struct counting_job){.job = {.lane = lanes[i], .run = run, .done = done},
                                        .order = order,
                                        .ran = &ran,
                                        .id = i};
        if (i == 0) jobs[i].gate = &gate; /* holds the worker until all are queued */
        pl_pool_add(pool, &jobs[i].job);
    }
    sem_post(&gate);
    pl_pool_drain(pool);
    cr_assert_eq(ran, 4);
    static const int expected[] = {0, 3, 2, 1};
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(order[i], expected[i]);
    pl_pool_free(pool);
}

Test(pool, freeing_cancels_what_is_queued)
{
    sem_t woken;
    sem_t gate;
    sem_init(&gate, 0, 0);
    struct pl_pool *pool = new_pool(1, &woken);
    static struct counting_job jobs[3];
    for (int i = 0; i < 3; i++) {
        jobs[i] = (struct counting_job){.job = {.lane = PL_LANE_CLONE, .run = run, .done = done},
                                        .gate = &gate};
        pl_pool_add(pool, &jobs[i].job);
    }
    sem_post(&gate); /* one may run; the others are waiting or cancelled */
    sem_post(&gate);
    sem_post(&gate);
    pl_pool_free(pool);
    for (int i = 0; i < 3; i++)
        cr_expect(jobs[i].done);
}
