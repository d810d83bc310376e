/* SPDX-License-Identifier: MIT */
#include "harness/bisect/bisect.h"

#include "base/fs.h"
#include "harness/gate/counted.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

const char *pb_bisect_program(struct pb_arena *arena, const struct pb_bisect *b, const char *name)
{
    return pb_arena_printf(arena, "%s/programs/%s", b->dir, name);
}

int pb_bisect_keep_program(struct pb_arena *arena, const struct pb_bisect *b, const char *name,
                           const char *path, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf bytes = PB_BUF_INIT(1u << 30);
    const char *to = pb_bisect_program(arena, b, name);
    if (pb_exists(AT_FDCWD, to)) return 0;
    if (pb_mkdir_p(AT_FDCWD, pb_arena_printf(arena, "%s/programs", b->dir), err) != 0 ||
        pb_read_file(AT_FDCWD, path, &bytes, err) != 0)
        return -1;
    return pb_write_file_atomic(AT_FDCWD, to, pb_buf_str(&bytes), 0755, err);
}

static bool is_counted(const struct pb_bisect *b)
{
    return pb_metric_table[b->metric].nature == PB_EXACT;
}

static bool is_finished(const char *dir)
{
    struct pb_journal_data journal;
    bool finished = pb_journal_read(dir, &journal, NULL) == 0 && journal.ended;
    pb_journal_data_release(&journal);
    return finished;
}

/* The rules file of a step: half of the whole effect is the threshold, as far as rules go. */
static const char *write_rules(struct pb_arena *arena, const struct pb_bisect *b,
                               struct pb_err *err)
{
    const char *path = pb_arena_printf(arena, "%s/rules.json", b->dir);
    double percent = 100 * expm1(b->has_effect ? b->effect / 2 : 0.03);
    if (percent > PB_GATE_PERCENT_MAX) percent = PB_GATE_PERCENT_MAX;
    const char *text =
        pb_arena_printf(arena, "{\"thresholds\":[{\"metric\":\"%s\",\"percent\":%.6f}]}\n",
                        pb_metric_table[b->metric].name, percent);
    return pb_write_file_atomic(AT_FDCWD, path, pb_str(text), 0644, err) == 0 ? path : NULL;
}

/* Runs, or goes on with, the measurement of a program against the good end. */
static int measure(struct pb_arena *arena, const struct pb_bisect *b, const char *name,
                   const char **dir, struct pb_err *err)
{
    struct pb_run_options o = b->run;
    struct pb_run_summary summary;
    *dir = pb_arena_printf(arena, "%s/steps/%s", b->dir, name);
    if (is_finished(*dir)) return 0;
    o.arms = (struct pb_run_list){.n = 2};
    o.arms.items[0] =
        pb_arena_printf(arena, "good=%s:%s", b->manager, pb_bisect_program(arena, b, b->good));
    o.arms.items[1] =
        pb_arena_printf(arena, "this=%s:%s", b->manager, pb_bisect_program(arena, b, name));
    o.out = *dir;
    o.resume = pb_exists(AT_FDCWD, pb_arena_printf(arena, "%s/journal.jsonl", *dir));
    if (is_counted(b)) {
        o.rounds = 1;
        o.baseline = NULL;
    } else {
        o.baseline = "good";
        o.precision = b->has_effect ? b->effect / 4 : 0;
        o.rules = write_rules(arena, b, err);
        if (!o.rules) return -1;
    }
    if (pb_run(&o, &summary, err) != 0) return -1;
    return summary.cancelled ? pb_err_set(err, PB_E_CANCELLED, "interrupted") : 0;
}

/* The row of the metric in the only cell; NULL when there is none. */
static const struct pb_gate_row *row_of(const struct pb_bisect *b, const struct pb_gate *gate)
{
    const struct pb_gate_cell *cell = &gate->cells[0];
    for (size_t i = 0; gate->cell_count && i < cell->row_count; i++)
        if (cell->rows[i].kind != PB_GATE_ROW_DIGEST && cell->rows[i].metric == b->metric)
            return &cell->rows[i];
    return NULL;
}

static int judge_journal(struct pb_arena *arena, const struct pb_bisect *b, const char *dir,
                         struct pb_gate_row *out, struct pb_err *err)
{
    struct pb_journal_data journal;
    struct pb_gate_rules rules = {0};
    struct pb_gate gate;
    const struct pb_gate_row *row = NULL;
    int rc = pb_journal_read(dir, &journal, err);
    if (rc == 0) rc = pb_gate_rules_of_run(arena, &journal, &rules, err);
    if (rc == 0) rc = pb_gate_evaluate(arena, &journal, &rules, "this", "good", &gate, err);
    if (rc == 0) row = row_of(b, &gate);
    if (row)
        *out = *row; /* its texts are literals or in the arena */
    else if (rc == 0)
        *out = (struct pb_gate_row){.verdict = PB_VERDICT_INVALID,
                                    .reason = "it has no valid figures"};
    pb_journal_data_release(&journal);
    return rc;
}

int pb_bisect_measure_ends(struct pb_arena *arena, struct pb_bisect *b, struct pb_err *err)
{
    struct pb_gate_row row;
    const char *dir;
    if (b->has_effect) return 0;
    if (measure(arena, b, b->bad, &dir, err) != 0 || judge_journal(arena, b, dir, &row, err) != 0)
        return -1;
    if (row.verdict != PB_VERDICT_SLOWER)
        return pb_err_set(err, PB_E_CONFLICT,
                          "bisect: %s is not worse than %s in %s of this phase: %s: nothing to "
                          "search for (the figures are in %s)",
                          b->bad, b->good, pb_metric_table[b->metric].name, row.reason, dir);
    b->has_effect = true;
    b->effect = row.decision.screen.estimate;
    b->good_value = row.baseline;
    b->bad_value = row.candidate;
    return pb_bisect_save(b, err);
}

static enum pb_bisect_answer answer_of(const struct pb_bisect *b, const struct pb_gate_row *row)
{
    if (is_counted(b)) {
        double halfway = (b->good_value + b->bad_value) / 2;
        if (!row->has_values || row->verdict == PB_VERDICT_INCONCLUSIVE) return PB_BISECT_UNDECIDED;
        bool beyond =
            b->bad_value > b->good_value ? row->candidate >= halfway : row->candidate <= halfway;
        return beyond ? PB_BISECT_BAD : PB_BISECT_GOOD;
    }
    switch (row->verdict) {
    case PB_VERDICT_SLOWER:
        return PB_BISECT_BAD;
    case PB_VERDICT_FASTER:
    case PB_VERDICT_EQUIVALENT:
        return PB_BISECT_GOOD;
    case PB_VERDICT_INCONCLUSIVE:
    case PB_VERDICT_INVALID:
        break;
    }
    return PB_BISECT_UNDECIDED;
}

static const char *account_of(struct pb_arena *arena, const struct pb_bisect *b,
                              const struct pb_gate_row *row)
{
    if (is_counted(b) && row->has_values)
        return pb_arena_printf(arena, "%.0f against %.0f", row->candidate, row->baseline);
    return pb_arena_printf(arena, "%+.1f %% after %zu+%zu rounds; %s",
                           100 * pb_relative_change(row->decision.screen.estimate),
                           row->decision.screen.n, row->decision.confirmation.n, row->reason);
}

int pb_bisect_judge(struct pb_arena *arena, const struct pb_bisect *b, const char *name,
                    enum pb_bisect_answer *answer, const char **why, struct pb_err *err)
{
    struct pb_gate_row row;
    const char *dir;
    if (measure(arena, b, name, &dir, err) != 0 || judge_journal(arena, b, dir, &row, err) != 0)
        return -1;
    *answer = answer_of(b, &row);
    *why = account_of(arena, b, &row);
    return 0;
}
