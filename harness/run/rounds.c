/* SPDX-License-Identifier: MIT */
#include "harness/run/context.h"
#include "harness/run/order.h"

#include "base/clock.h"
#include "base/term.h"

#include <unistd.h>

/* Finds out which cells of the phase can be measured; the others get their line in the journal. */
static int prepare_cell(struct pb_run *run, size_t leg, size_t phase, size_t arm,
                        struct pb_err *err)
{
    struct pb_run_cell *cell = pb_run_cell(run, leg, phase, arm);
    struct pb_template_vars vars = {0};
    const char *why = NULL;
    struct pb_journal_seed line = {.registry = run->legs[leg].label,
                                   .phase = run->phases[phase]->key,
                                   .arm = run->arms[arm].name};
    if (cell->dead) return 0;
    if (!pb_arm_argv(&run->arena, &run->arms[arm], run->phases[phase]->action, &vars, &why)) {
        line.outcome = PB_OUTCOME_UNSUPPORTED;
        line.reason = why;
    } else {
        line.outcome = PB_OUTCOME_SEED_FAILED;
        line.reason = pb_seed_ensure(run, leg, arm, run->phases[phase]);
    }
    if (!line.reason || pb_run_cancelled(run)) return 0;
    cell->dead = true;
    return pb_journal_write_seed(run->journal, &line, err);
}

static uint64_t order_seed(const struct pb_run *run, size_t leg, size_t phase)
{
    return run->options->seed ^ pb_str_hash(pb_str(run->phases[phase]->key)) ^
           pb_str_hash(pb_str(run->legs[leg].label));
}

/* Rounds that every arm gets; what a comparison may want beyond them is not known before. */
static long planned_rounds(const struct pb_run *run)
{
    long rounds = run->options->rounds;
    return run->is_paired && rounds > PB_GATE_SCREEN ? PB_GATE_SCREEN : rounds;
}

static unsigned samples_left(const struct pb_run *run, const struct pb_run_cell *cell)
{
    unsigned left = 0;
    for (long round = 0; !cell->dead && round <= planned_rounds(run); round++)
        left += !cell->done[PB_STAGE_SCREEN][round];
    return left;
}

/* "replay p3_cold_install round 2/5 bun · 3m10s left · plumb 5.83s, bun 6.10s" */
#define NARROW_COLUMNS 72

static void show_progress(struct pb_run *run, const struct pb_round_set *set, int round, int last,
                          size_t arm)
{
    size_t n = run->leg_count * run->phase_count * run->arm_count;
    PB_AUTO_BUF struct pb_buf line = PB_BUF_INIT(4096);
    for (size_t i = 0; i < n; i++)
        run->progress[i].left = samples_left(run, &run->cells[i]);
    struct pb_progress_place place = {.registry = run->legs[set->leg].label,
                                      .phase = run->phases[set->phase]->key,
                                      .arm = run->arms[arm].name,
                                      .round = round,
                                      .last = last,
                                      .confirming = run->stage == PB_STAGE_CONFIRM};
    pb_progress_put_place(&line, &place, pb_term_width(STDERR_FILENO) < NARROW_COLUMNS);
    if (last == planned_rounds(run) && run->stage == PB_STAGE_SCREEN)
        pb_progress_put_left(&line, pb_progress_left_ns(run->progress, n));
    pb_progress_put_means(&line, " \u00b7 ", pb_run_progress(run, set->leg, set->phase, 0),
                          run->arm_count);
    pb_progress_step(PB_FMT, PB_ARG(pb_buf_str(&line)));
}

/* For logs, where the moving line is not seen. */
static void tell_phase_done(struct pb_run *run, size_t leg, size_t phase, int64_t began_ns)
{
    PB_AUTO_BUF struct pb_buf means = PB_BUF_INIT(4096);
    pb_progress_put_means(&means, ": ", pb_run_progress(run, leg, phase, 0), run->arm_count);
    if (means.n)
        pb_info("%s %s done in %.0f s" PB_FMT, run->legs[leg].label, run->phases[phase]->key,
                (double)(pb_now_ns() - began_ns) / (double)PB_NS_PER_S, PB_ARG(pb_buf_str(&means)));
}

static int run_round(struct pb_run *run, const struct pb_round_set *set, int round, int last,
                     struct pb_err *err)
{
    size_t order[256];
    pb_order(order_seed(run, set->leg, set->phase), set->arm_count, (unsigned)round, order);
    for (size_t slot = 0; slot < set->arm_count; slot++) {
        size_t arm = set->arms[order[slot]];
        const struct pb_run_cell *cell = pb_run_cell(run, set->leg, set->phase, arm);
        if (pb_run_cancelled(run)) return 0;
        if (cell->dead || cell->done[run->stage][round]) continue;
        show_progress(run, set, round, last, arm);
        if (pb_disk_guard(run, err) != 0 ||
            pb_sample_take(run, set->leg, set->phase, arm, round, (int)slot, err) != 0)
            return -1;
    }
    return 0;
}

int pb_round_set_run(struct pb_run *run, const struct pb_round_set *set, int last,
                     bool *out_of_time, struct pb_err *err)
{
    if (pb_disk_make_room(run, err) != 0) return -1;
    for (size_t i = 0; i < set->arm_count && !pb_run_cancelled(run); i++)
        if (prepare_cell(run, set->leg, set->phase, set->arms[i], err) != 0) return -1;
    for (int round = 0; round <= last && !pb_run_cancelled(run); round++) {
        if (out_of_time && run->deadline_ns && pb_now_ns() >= run->deadline_ns) *out_of_time = true;
        if (out_of_time && *out_of_time) return 0;
        if (run_round(run, set, round, last, err) != 0) return -1;
    }
    return 0;
}

int pb_rounds_run(struct pb_run *run, size_t leg, struct pb_err *err)
{
    for (size_t phase = 0; phase < run->phase_count; phase++) {
        int64_t began_ns = pb_now_ns();
        struct pb_round_set all = {.leg = leg, .phase = phase, .arm_count = run->arm_count};
        for (size_t arm = 0; arm < run->arm_count; arm++)
            all.arms[arm] = arm;
        if (pb_round_set_run(run, &all, (int)planned_rounds(run), NULL, err) != 0) return -1;
        tell_phase_done(run, leg, phase, began_ns);
        if (pb_run_trace_phase(run, leg, phase, err) != 0) return -1;
    }
    return run->is_paired ? pb_adaptive_rounds_run(run, leg, err) : 0;
}
