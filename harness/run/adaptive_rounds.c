/* SPDX-License-Identifier: MIT */
/*
 * Rounds by the gate's rule. Each look reads the journal again and judges by the very code of
 * `phasebench gate`, so that a resumed run goes on where the journal ends.
 */
#include "harness/run/context.h"

/* What the unclear candidates of one phase want. */
struct want {
    struct pb_round_set set; /* baseline and unclear candidates */
    int last;                /* round to go to */
};

static bool is_alive(struct pb_run *run, size_t leg, size_t phase, size_t arm)
{
    return !pb_run_cell(run, leg, phase, arm)->dead;
}

static void look(struct pb_run *run, struct pb_arena *arena, const struct pb_journal_data *journal,
                 const struct pb_round_set *set, size_t candidate, struct pb_gate_cell *out)
{
    struct pb_gate_side c, b;
    const char *registry = run->legs[set->leg].label, *phase = run->phases[set->phase]->key;
    pb_gate_side_of(arena, journal, registry, phase, run->arms[candidate].name, &c);
    pb_gate_side_of(arena, journal, registry, phase, run->arms[run->baseline].name, &b);
    *out = (struct pb_gate_cell){.registry = registry, .phase = phase};
    pb_gate_cell_judge(&run->rules, &c, &b, out);
}

/* The round that a cell wants to go to in this stage; 0: it wants none. */
static long wanted_round(const struct pb_run *run, const struct pb_gate_cell *cell,
                         enum pb_stage stage)
{
    long last = 0;
    bool confirms = stage == PB_STAGE_CONFIRM;
    for (size_t i = 0; i < cell->row_count; i++) {
        const struct pb_gate_decision *d = &cell->rows[i].decision;
        if (cell->rows[i].kind != PB_GATE_ROW_TIMED || d->more_pairs == 0 ||
            d->wants_confirmation != confirms || cell->rows[i].verdict == PB_VERDICT_INVALID)
            continue;
        long have = (long)(confirms ? d->confirmation.n : d->screen.n);
        long to = have + (long)d->more_pairs;
        if (!confirms && to > run->options->rounds) to = run->options->rounds;
        if (to > have && to > last) last = to;
    }
    return last;
}

/* The first phase that wants more of this stage; false when none does. */
static bool find_want(struct pb_run *run, size_t leg, const struct pb_journal_data *journal,
                      enum pb_stage stage, struct want *out)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_round_set *set = &out->set;
    *out = (struct want){.set.leg = leg};
    for (size_t phase = 0; phase < run->phase_count && set->arm_count == 0; phase++) {
        set->phase = phase;
        if (!is_alive(run, leg, phase, run->baseline)) continue;
        for (size_t i = 0; i < run->candidate_count; i++) {
            struct pb_gate_cell cell;
            if (!is_alive(run, leg, phase, run->candidates[i])) continue;
            look(run, &arena, journal, set, run->candidates[i], &cell);
            long last = wanted_round(run, &cell, stage);
            if (last == 0) continue;
            if (set->arm_count == 0) set->arms[set->arm_count++] = run->baseline;
            set->arms[set->arm_count++] = run->candidates[i];
            if (last > out->last) out->last = (int)last;
        }
    }
    pb_arena_release(&arena);
    return set->arm_count > 0;
}

static int look_at_journal(struct pb_run *run, size_t leg, enum pb_stage stage, struct want *out,
                           bool *found, struct pb_err *err)
{
    struct pb_journal_data journal;
    int rc = pb_journal_read(run->out_dir, &journal, err);
    if (rc == 0) *found = find_want(run, leg, &journal, stage, out);
    pb_journal_data_release(&journal);
    return rc;
}

static int run_stage(struct pb_run *run, size_t leg, enum pb_stage stage, bool *out_of_time,
                     struct pb_err *err)
{
    for (;;) {
        struct want want;
        bool found;
        if (pb_run_cancelled(run) || *out_of_time) return 0;
        if (look_at_journal(run, leg, stage, &want, &found, err) != 0) return -1;
        if (!found) return 0;
        size_t before = run->summary.samples;
        if (pb_round_set_run(run, &want.set, want.last, out_of_time, err) != 0) return -1;
        if (run->summary.samples == before) return 0; /* nothing can be had any more */
    }
}

/* Seeds, folders and the registry's process are made anew; only the programs stay. */
static int start_afresh(struct pb_run *run, size_t leg, struct pb_err *err)
{
    const struct pb_leg_place place = pb_run_isolation_place(&run->isolation);
    run->stage = PB_STAGE_CONFIRM;
    pb_leg_stop(&run->legs[leg]);
    if (pb_leg_start(&run->arena, &run->legs[leg], run->snapshot, &place, err) != 0) return -1;
    return pb_journal_write_event(run->journal, "fresh_state",
                                  "a change was seen: measuring again with new seeds, folders and "
                                  "registry process",
                                  err);
}

static int confirm(struct pb_run *run, size_t leg, bool *out_of_time, struct pb_err *err)
{
    struct want want;
    bool found = false;
    if (look_at_journal(run, leg, PB_STAGE_CONFIRM, &want, &found, err) != 0) return -1;
    if (!found || pb_run_cancelled(run) || *out_of_time) return 0;
    int rc = start_afresh(run, leg, err);
    if (rc == 0) rc = run_stage(run, leg, PB_STAGE_CONFIRM, out_of_time, err);
    run->stage = PB_STAGE_SCREEN;
    return rc;
}

int pb_adaptive_rounds_run(struct pb_run *run, size_t leg, struct pb_err *err)
{
    bool out_of_time = false;
    if (run_stage(run, leg, PB_STAGE_SCREEN, &out_of_time, err) != 0 ||
        confirm(run, leg, &out_of_time, err) != 0)
        return -1;
    if (!out_of_time) return 0;
    return pb_journal_write_event(run->journal, "budget_used_up",
                                  "the time budget ended before every cell was clear", err);
}
