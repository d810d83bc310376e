/* SPDX-License-Identifier: MIT */
#include "harness/gate/gate.h"

#include "harness/gate/run_findings.h"

#include <string.h>

const char *pb_gate_answer_name(enum pb_gate_answer answer)
{
    static const char *const names[] = {"passes", "regression", "invalid", "inconclusive"};
    return names[answer];
}

const char *pb_gate_baseline_of(const struct pb_journal_data *journal)
{
    for (size_t i = 0; i < journal->arm_count; i++)
        if (journal->arms[i].baseline_of) return journal->arms[i].name;
    return NULL;
}

size_t pb_gate_candidates_of(const struct pb_journal_data *journal, const char *baseline,
                             const char **out)
{
    const struct pb_journal_run *run = &journal->run;
    size_t n = 0;
    for (size_t i = 0; i < run->candidate_count; i++)
        out[n++] = run->candidates[i];
    for (size_t i = 0; run->candidate_count == 0 && i < run->arm_count; i++)
        if (strcmp(run->arms[i], baseline) != 0 && strcmp(run->arms[i], "limit") != 0)
            out[n++] = run->arms[i];
    return n;
}

int pb_gate_rules_of_run(struct pb_arena *arena, const struct pb_journal_data *journal,
                         struct pb_gate_rules *out, struct pb_err *err)
{
    const struct pb_journal_run *run = &journal->run;
    if (run->gate_rules && pb_gate_rules_parse(arena, pb_str(run->gate_rules),
                                               "gate rules of the journal", out, err) != 0)
        return -1;
    if (!run->gate_floor) return 0;
    return pb_gate_floor_parse(arena, pb_str(run->gate_floor), "A/A floor of the journal", out,
                               err);
}

static int check_arm(const struct pb_journal_run *run, const char *arm, struct pb_err *err)
{
    for (size_t i = 0; i < run->arm_count; i++)
        if (strcmp(run->arms[i], arm) == 0) return 0;
    return pb_err_set(err, PB_E_USAGE,
                      "gate: no arm \"%s\" in this run: see phasebench report for its arms", arm);
}

static void count_cell(struct pb_gate *gate, const struct pb_gate_cell *cell)
{
    if (cell->gated) gate->verdicts[cell->verdict]++;
    for (size_t i = 0; i < cell->row_count; i++) {
        const struct pb_gate_row *row = &cell->rows[i];
        if (!row->gated || row->kind == PB_GATE_ROW_TIMED) continue;
        gate->worse_counts += row->verdict == PB_VERDICT_SLOWER;
        gate->other_work += row->verdict == PB_VERDICT_INVALID;
    }
}

static bool has_gated_row(const struct pb_gate *gate, enum pb_verdict verdict)
{
    for (size_t c = 0; c < gate->cell_count; c++)
        for (size_t i = 0; i < gate->cells[c].row_count; i++)
            if (gate->cells[c].rows[i].gated && gate->cells[c].rows[i].verdict == verdict)
                return true;
    return false;
}

static bool has_moved_control(const struct pb_gate *gate)
{
    for (size_t c = 0; c < gate->cell_count; c++) {
        const struct pb_gate_cell *cell = &gate->cells[c];
        for (size_t i = 0; cell->control && i < cell->row_count; i++) {
            enum pb_verdict v = cell->rows[i].verdict;
            bool timed = cell->rows[i].kind == PB_GATE_ROW_TIMED;
            if (v == PB_VERDICT_SLOWER || v == PB_VERDICT_FASTER ||
                (!timed && v == PB_VERDICT_INVALID))
                return true;
        }
    }
    return false;
}

static void answer(struct pb_gate *gate, enum pb_gate_answer a, const char *reason)
{
    gate->answer = a;
    gate->reason = reason;
}

/* The first that holds, most certain first. */
static void decide(const struct pb_gate_rules *rules, bool ended, const char *doubt,
                   struct pb_gate *gate)
{
    size_t gated = 0;
    for (int v = 0; v <= PB_VERDICT_INVALID; v++)
        gated += gate->verdicts[v];
    if (gated == 0)
        answer(gate, PB_GATE_INVALID, "no phase of this run is gated");
    else if (has_moved_control(gate))
        answer(gate, PB_GATE_INVALID,
               "a control moved, which the change cannot touch: something else differs");
    else if (has_gated_row(gate, PB_VERDICT_SLOWER))
        answer(gate, PB_GATE_REGRESSION,
               gate->verdicts[PB_VERDICT_SLOWER]
                   ? "slower, seen twice on fresh state"
                   : "not slower by the clock, but worse by another gated figure");
    else if (has_gated_row(gate, PB_VERDICT_INVALID))
        answer(gate, PB_GATE_INVALID,
               gate->other_work ? "the arms did not do the same work"
                                : "there are cells without figures to compare");
    else if (!ended)
        answer(gate, PB_GATE_INVALID,
               "the run did not finish: go on with it (phasebench run --resume)");
    else if (doubt && !pb_gate_accepts(rules, "contaminated"))
        answer(gate, PB_GATE_INVALID, doubt);
    else if (has_gated_row(gate, PB_VERDICT_INCONCLUSIVE) &&
             !pb_gate_accepts(rules, "inconclusive"))
        answer(gate, PB_GATE_INCONCLUSIVE,
               "no regression was confirmed, but one above the threshold cannot be excluded");
    else
        answer(gate, PB_GATE_PASSES,
               has_gated_row(gate, PB_VERDICT_INCONCLUSIVE)
                   ? "no regression was confirmed; what could not be excluded is accepted"
                   : "no regression, and one above the threshold would have been seen");
}

static void side_of(struct pb_arena *arena, const struct pb_journal_data *journal,
                    const struct pb_gate *gate, const struct pb_gate_cell *cell, const char *arm,
                    struct pb_gate_side *out)
{
    pb_gate_side_of(arena, journal, cell->registry, cell->phase, arm, out);
    if (!out->invalid_reason)
        out->invalid_reason = pb_gate_finding_of_arm(arena, gate->findings, gate->finding_count,
                                                     cell->registry, cell->phase, arm);
    if (out->invalid_reason)
        out->invalid_reason = pb_arena_printf(arena, "%s: %s", arm, out->invalid_reason);
}

static void judge_cell(struct pb_arena *arena, const struct pb_journal_data *journal,
                       const struct pb_gate_rules *rules, const struct pb_gate *gate,
                       struct pb_gate_cell *cell)
{
    struct pb_gate_side candidate, baseline;
    side_of(arena, journal, gate, cell, gate->candidate, &candidate);
    side_of(arena, journal, gate, cell, gate->baseline, &baseline);
    candidate.not_comparable = pb_gate_finding_of_comparison(
        arena, gate->findings, gate->finding_count, cell->registry, cell->phase);
    pb_gate_cell_judge(rules, &candidate, &baseline, cell);
}

int pb_gate_evaluate(struct pb_arena *arena, const struct pb_journal_data *journal,
                     const struct pb_gate_rules *rules, const char *candidate, const char *baseline,
                     struct pb_gate *out, struct pb_err *err)
{
    const struct pb_journal_run *run = &journal->run;
    *out = (struct pb_gate){.candidate = candidate, .baseline = baseline};
    if (check_arm(run, candidate, err) != 0 || check_arm(run, baseline, err) != 0) return -1;
    if (strcmp(candidate, baseline) == 0)
        return pb_err_set(err, PB_E_USAGE, "gate: %s against itself: name two arms", candidate);
    out->finding_count = pb_gate_run_findings(arena, journal, candidate, baseline, &out->findings);
    out->cells = PB_ARENA_ARRAY(arena, struct pb_gate_cell, run->registry_count * run->phase_count);
    for (size_t r = 0; r < run->registry_count; r++)
        for (size_t p = 0; p < run->phase_count; p++) {
            struct pb_gate_cell *cell = &out->cells[out->cell_count++];
            cell->registry = run->registries[r];
            cell->phase = run->phases[p];
            judge_cell(arena, journal, rules, out, cell);
            count_cell(out, cell);
        }
    decide(rules, journal->ended, pb_gate_finding_of_run(arena, out->findings, out->finding_count),
           out);
    return 0;
}
