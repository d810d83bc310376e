/* SPDX-License-Identifier: MIT */
#include "harness/run/context.h"
#include "harness/run/order.h"

#include "base/clock.h"
#include "base/term.h"

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

static void show_progress(const struct pb_run *run, const struct pb_round_set *set, int round,
                          int last, size_t arm)
{
    pb_progress("%s  %s  %s%s %d/%d  %s", run->legs[set->leg].label, run->phases[set->phase]->key,
                run->stage == PB_STAGE_CONFIRM ? "confirming " : "", round ? "round" : "warm-up",
                round, last, run->arms[arm].name);
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
        cell->done[run->stage][round] = true;
    }
    return 0;
}

int pb_round_set_run(struct pb_run *run, const struct pb_round_set *set, int last,
                     bool *out_of_time, struct pb_err *err)
{
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
    long rounds = run->options->rounds;
    if (run->is_paired && rounds > PB_GATE_SCREEN) rounds = PB_GATE_SCREEN;
    for (size_t phase = 0; phase < run->phase_count; phase++) {
        struct pb_round_set all = {.leg = leg, .phase = phase, .arm_count = run->arm_count};
        for (size_t arm = 0; arm < run->arm_count; arm++)
            all.arms[arm] = arm;
        if (pb_round_set_run(run, &all, (int)rounds, NULL, err) != 0) return -1;
    }
    return run->is_paired ? pb_adaptive_rounds_run(run, leg, err) : 0;
}
