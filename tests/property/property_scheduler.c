/* SPDX-License-Identifier: MIT */
/*
 * The scheduler against a model, over random graphs, orders of completion and failures:
 *   property_scheduler [SEEDS [FIRST]]
 * A failure names its seed; run that seed alone with `property_scheduler 1 SEED`.
 */
#include "sched_model.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void command(struct model *m)
{
    uint32_t what = model_random(10);
    if (what < 3 || m->place_count == 0)
        model_prefetch(m, (int)model_random((uint32_t)m->pkg_count));
    else if (what < 7)
        model_clone(m, (int)model_random((uint32_t)m->place_count));
    else
        model_wait(m, (int)model_random((uint32_t)m->place_count));
    pl_sched_check(m->sched);
}

static void take_some(struct model *m)
{
    struct pl_act act;
    uint32_t most = model_random(3) == 0 ? 1 : UINT32_MAX;
    for (uint32_t n = 0; n < most && pl_sched_next(m->sched, &act); n++) {
        model_take(m, &act);
        pl_sched_check(m->sched);
    }
}

/* When all actions are taken and nothing is under way, everything that was asked has ended. */
static void finish(struct model *m)
{
    struct pl_act act;
    for (unsigned idle_rounds = 0; idle_rounds < 2;) {
        bool moved = false;
        while (pl_sched_next(m->sched, &act)) {
            model_take(m, &act);
            pl_sched_check(m->sched);
            moved = true;
        }
        if (model_complete_one(m)) moved = true;
        pl_sched_check(m->sched);
        idle_rounds = moved ? 0 : idle_rounds + 1;
    }
    MODEL_CHECK(pl_sched_is_idle(m->sched));
    model_check_end(m);
}

static void run(uint64_t seed)
{
    static struct model m;
    model_init(&m, seed);
    uint32_t commands_left = model_random(300);
    bool will_abort = model_random(5) == 0;
    while (commands_left > 0) {
        uint32_t what = model_random(10);
        if (what < 4) {
            command(&m);
            commands_left--;
        } else if (what < 7) {
            take_some(&m);
        } else {
            model_complete_one(&m);
        }
        pl_sched_check(m.sched);
        MODEL_CHECK(!pl_sched_is_idle(m.sched)); /* not closed yet */
    }
    if (will_abort)
        model_abort(&m);
    else
        model_close(&m);
    pl_sched_check(m.sched);
    finish(&m);
    pl_sched_free(m.sched);
}

/* An invariant of the scheduler aborts: say which seed it was. */
static void on_abort(int sig)
{
    (void)sig;
    char text[64];
    int n = snprintf(text, sizeof text, "seed %llu: aborted\n", (unsigned long long)model_seed);
    if (n > 0 && write(STDERR_FILENO, text, (size_t)n) < 0) _exit(2);
    _exit(1);
}

int main(int argc, char **argv)
{
    uint64_t seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000;
    uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    signal(SIGABRT, on_abort);
    for (uint64_t i = 0; i < seeds; i++)
        run(first + i);
    printf("%llu seeds from %llu: all rules hold\n", (unsigned long long)seeds,
           (unsigned long long)first);
    return 0;
}
