/* SPDX-License-Identifier: MIT */
#include "installer/stages/pool.h"

#include "base/mem.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

/* The loop thread is woken when what is done weighs this much: each time costs switches, and a
 * worker its processor. A worker may have more than that of one lane in hand (stages.c). */
#define WAKE_WEIGHT 48
static const unsigned lane_weights[PL_LANES] = {
    [PL_LANE_PARSE] = WAKE_WEIGHT, [PL_LANE_EXTRACT] = 8, [PL_LANE_CLONE] = 1};
#define DEFAULT_WORKERS_MAX 4

struct job_list {
    struct pl_job *head, *tail;
    size_t n;
};

struct pl_pool {
    pthread_mutex_t mutex;
    pthread_cond_t work, drained;
    size_t unfinished; /* queued or running */
    struct job_list queued[PL_LANES], done;
    unsigned idle_workers, done_weight;
    bool stopping;
    bool woken; /* the loop thread has been told and has not looked yet */
    void (*wake)(void *user);
    void *user;
    unsigned worker_count;
    pthread_t workers[];
};

static void push(struct job_list *list, struct pl_job *job)
{
    job->next = NULL;
    if (list->tail)
        list->tail->next = job;
    else
        list->head = job;
    list->tail = job;
    list->n++;
}

static struct pl_job *pop(struct job_list *list)
{
    struct pl_job *job = list->head;
    if (!job) return NULL;
    list->head = job->next;
    if (!list->head) list->tail = NULL;
    list->n--;
    return job;
}

static struct pl_job *take_queued(struct pl_pool *pool)
{
    for (int lane = 0; lane < PL_LANES; lane++) {
        struct pl_job *job = pop(&pool->queued[lane]);
        if (job) return job;
    }
    return NULL;
}

static bool is_anything_queued(const struct pl_pool *pool)
{
    for (int lane = 0; lane < PL_LANES; lane++)
        if (pool->queued[lane].n > 0) return true;
    return false;
}

/* With the mutex held. True when the loop thread must be woken. */
static bool finish_job(struct pl_pool *pool, struct pl_job *job)
{
    push(&pool->done, job);
    if (--pool->unfinished == 0) pthread_cond_signal(&pool->drained);
    pool->done_weight += lane_weights[job->lane];
    if (pool->woken) return false;
    pool->woken = pool->done_weight >= WAKE_WEIGHT || !is_anything_queued(pool);
    return pool->woken;
}

static void *worker_main(void *arg)
{
    struct pl_pool *pool = arg;
    pthread_mutex_lock(&pool->mutex);
    while (!pool->stopping) {
        struct pl_job *job = take_queued(pool);
        if (!job) {
            pool->idle_workers++;
            pthread_cond_wait(&pool->work, &pool->mutex);
            pool->idle_workers--;
            continue;
        }
        pthread_mutex_unlock(&pool->mutex);
        job->run(job);
        pthread_mutex_lock(&pool->mutex);
        if (!finish_job(pool, job)) continue;
        pthread_mutex_unlock(&pool->mutex);
        pool->wake(pool->user);
        pthread_mutex_lock(&pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static void stop_workers(struct pl_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->worker_count; i++)
        pthread_join(pool->workers[i], NULL);
}

static void destroy(struct pl_pool *pool)
{
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->drained);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

struct pl_pool *pl_pool_new(unsigned workers, void (*wake)(void *user), void *user,
                            struct pb_err *err)
{
    struct pl_pool *pool = pb_calloc(1, sizeof *pool + workers * sizeof pool->workers[0]);
    pool->wake = wake;
    pool->user = user;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->drained, NULL);
    for (unsigned i = 0; i < workers; i++) {
        int failed = pthread_create(&pool->workers[i], NULL, worker_main, pool);
        if (failed && i > 0) break; /* fewer threads do the same work */
        if (failed) {
            pb_err_sys(err, failed, "start a worker thread");
            destroy(pool);
            return NULL;
        }
        pool->worker_count++;
    }
    return pool;
}

void pl_pool_free(struct pl_pool *pool)
{
    if (!pool) return;
    stop_workers(pool);
    pl_pool_finish(pool);
    for (struct pl_job *job; (job = take_queued(pool)) != NULL;) {
        job->cancelled = true;
        job->done(job);
    }
    destroy(pool);
}

void pl_pool_add(struct pl_pool *pool, struct pl_job *job)
{
    pthread_mutex_lock(&pool->mutex);
    push(&pool->queued[job->lane], job);
    pool->unfinished++;
    bool someone_sleeps = pool->idle_workers > 0;
    pthread_mutex_unlock(&pool->mutex);
    if (someone_sleeps) pthread_cond_signal(&pool->work);
}

size_t pl_pool_finish(struct pl_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    struct job_list done = pool->done;
    pool->done = (struct job_list){0};
    pool->done_weight = 0;
    pool->woken = false;
    pthread_mutex_unlock(&pool->mutex);
    size_t n = done.n;
    for (struct pl_job *job; (job = pop(&done)) != NULL;)
        job->done(job);
    return n;
}

void pl_pool_drain(struct pl_pool *pool)
{
    do {
        pthread_mutex_lock(&pool->mutex);
        while (pool->unfinished > 0)
            pthread_cond_wait(&pool->drained, &pool->mutex);
        pthread_mutex_unlock(&pool->mutex);
    } while (pl_pool_finish(pool) > 0); /* done() may have added jobs */
}

unsigned pl_pool_default_workers(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int n = CPU_COUNT(&set);
    if (n < 1) return 1;
    return n > DEFAULT_WORKERS_MAX ? DEFAULT_WORKERS_MAX : (unsigned)n;
}
