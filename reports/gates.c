/* SPDX-License-Identifier: MIT */
#include "reports/gates.h"

#include <string.h>

enum { ARMS_MAX = 256 };

static size_t choose_candidates(const struct pb_report_model *model, const char *given,
                                const char **out)
{
    const char *named = pb_gate_baseline_of(model->journal);
    if (given) {
        out[0] = given;
        return 1;
    }
    /* A run without a baseline of its own compares arms; none of them is the candidate. */
    if (!named || strcmp(named, model->baseline) != 0) return 0;
    return pb_gate_candidates_of(model->journal, named, out);
}

/* Damaged rules in a journal must not cost the report: the default ones hold then. */
static struct pb_gate_rules *rules_of(const struct pb_report_model *model, struct pb_arena *arena)
{
    struct pb_err ignored = PB_ERR_INIT;
    struct pb_gate_rules *rules = PB_ARENA_NEW(arena, struct pb_gate_rules);
    if (pb_gate_rules_of_run(arena, model->journal, rules, &ignored) != 0)
        *rules = (struct pb_gate_rules){0};
    return rules;
}

int pb_report_gates_make(const struct pb_report_model *model, const char *candidate,
                         struct pb_arena *arena, struct pb_report_gates *out, struct pb_err *err)
{
    const char *candidates[ARMS_MAX];
    *out = (struct pb_report_gates){0};
    /* Without its line that describes the run there is nothing to judge by. */
    if (!model->baseline || !model->journal->run.id) return 0;
    size_t n = choose_candidates(model, candidate, candidates);
    const struct pb_gate_rules *rules = rules_of(model, arena);
    struct pb_gate *gates = PB_ARENA_ARRAY(arena, struct pb_gate, n);
    for (size_t i = 0; i < n; i++)
        if (pb_gate_evaluate(arena, model->journal, rules, candidates[i], model->baseline,
                             &gates[i], err) != 0)
            return -1;
    *out = (struct pb_report_gates){gates, n};
    return 0;
}

bool pb_gates_have_regression(const struct pb_report_gates *gates)
{
    for (size_t i = 0; i < gates->n; i++)
        if (gates->items[i].answer == PB_GATE_REGRESSION ||
            gates->items[i].answer == PB_GATE_INVALID)
            return true;
    return false;
}

static bool has_improved(const struct pb_gate *gate)
{
    for (size_t c = 0; c < gate->cell_count; c++)
        for (size_t i = 0; i < gate->cells[c].row_count; i++) {
            const struct pb_gate_row *row = &gate->cells[c].rows[i];
            if (row->gated && row->verdict == PB_VERDICT_FASTER) return true;
        }
    return false;
}

bool pb_gates_have_change(const struct pb_report_gates *gates)
{
    bool improved = false;
    for (size_t i = 0; i < gates->n; i++)
        improved |= has_improved(&gates->items[i]);
    return improved || pb_gates_have_regression(gates);
}

const struct pb_gate_cell *pb_gates_cell(const struct pb_report_gates *gates,
                                         const struct pb_cell *cell)
{
    for (size_t i = 0; i < gates->n; i++) {
        const struct pb_gate *gate = &gates->items[i];
        for (size_t c = 0; strcmp(gate->candidate, cell->arm) == 0 && c < gate->cell_count; c++)
            if (strcmp(gate->cells[c].registry, cell->registry) == 0 &&
                strcmp(gate->cells[c].phase, cell->phase) == 0)
                return &gate->cells[c];
    }
    return NULL;
}
