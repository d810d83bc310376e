/* SPDX-License-Identifier: MIT */
#include "harness/compare/compare.h"

#include "harness/gate/counted.h"
#include "harness/gate/run_findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct side {
    const struct pb_journal_data *journal;
    struct pb_run_finding *findings; /* to be freed */
    size_t finding_count;
};

static struct side side_of_run(struct pb_arena *arena, const struct pb_journal_data *journal)
{
    struct side side = {.journal = journal};
    pb_run_checks_judge(arena, journal, &side.findings, &side.finding_count);
    return side;
}

static bool has(const char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0) return true;
    return false;
}

static size_t logs_of(struct pb_gate_samples samples, enum pb_metric metric,
                      double out[PB_RANK_SUM_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < samples.n && n < PB_RANK_SUM_MAX; i++) {
        const struct pb_sample *s = samples.items[i];
        if (pb_sample_counts(s) && s->metrics.has[metric] &&
            pb_log_ratio((double)s->metrics.value[metric], 1, &out[n]))
            n++;
    }
    return n;
}

static const char *digest_of(const struct pb_journal_data *j, const char *arm)
{
    for (size_t i = 0; i < j->arm_count; i++)
        if (strcmp(j->arms[i].name, arm) == 0) return j->arms[i].binary_sha256;
    return NULL;
}

static struct pb_gate_side cell_of(struct pb_arena *arena, const struct side *side,
                                   const struct pb_compared *cell)
{
    struct pb_gate_side out;
    pb_gate_side_of(arena, side->journal, cell->registry, cell->phase, cell->arm, &out);
    if (!out.invalid_reason)
        out.invalid_reason = pb_gate_finding_of_arm(arena, side->findings, side->finding_count,
                                                    cell->registry, cell->phase, cell->arm);
    return out;
}

static void compare_cell(struct pb_arena *arena, const struct side *a, const struct side *b,
                         enum pb_metric metric, struct pb_compared *out)
{
    double xs[PB_RANK_SUM_MAX], ys[PB_RANK_SUM_MAX];
    const char *dx = digest_of(a->journal, out->arm), *dy = digest_of(b->journal, out->arm);
    struct pb_gate_side x = cell_of(arena, a, out), y = cell_of(arena, b, out);
    out->same_program = dx && dy && strcmp(dx, dy) == 0;
    out->missing = x.invalid_reason ? x.invalid_reason : y.invalid_reason;
    if (out->missing) return;
    pb_gate_median(x.stage[PB_STAGE_SCREEN], metric, &out->a);
    pb_gate_median(y.stage[PB_STAGE_SCREEN], metric, &out->b);
    size_t n = logs_of(x.stage[PB_STAGE_SCREEN], metric, xs),
           m = logs_of(y.stage[PB_STAGE_SCREEN], metric, ys);
    out->shift = pb_shift_of(xs, n, ys, m);
    if (!out->shift.has)
        out->missing =
            pb_arena_printf(arena, "no %s above 0 in one of them", pb_metric_table[metric].name);
}

size_t pb_compare_cells(struct pb_arena *arena, const struct pb_journal_data *a,
                        const struct pb_journal_data *b, enum pb_metric metric,
                        struct pb_compared **out)
{
    const struct pb_journal_run *x = &a->run, *y = &b->run;
    struct side left = side_of_run(arena, a), right = side_of_run(arena, b);
    size_t n = 0;
    *out = PB_ARENA_ARRAY(arena, struct pb_compared,
                          x->registry_count * x->phase_count * x->arm_count);
    for (size_t r = 0; r < x->registry_count; r++)
        for (size_t p = 0; p < x->phase_count; p++)
            for (size_t i = 0; i < x->arm_count; i++) {
                if (!has(y->registries, y->registry_count, x->registries[r]) ||
                    !has(y->phases, y->phase_count, x->phases[p]) ||
                    !has(y->arms, y->arm_count, x->arms[i]))
                    continue;
                struct pb_compared *cell = &(*out)[n++];
                *cell = (struct pb_compared){
                    .registry = x->registries[r], .phase = x->phases[p], .arm = x->arms[i]};
                compare_cell(arena, &left, &right, metric, cell);
            }
    free(left.findings);
    free(right.findings);
    return n;
}

size_t pb_compare_doubts(struct pb_arena *arena, const struct pb_journal_data *journal,
                         enum pb_metric metric, const char ***out)
{
    struct side side = side_of_run(arena, journal);
    size_t n = 0;
    *out = PB_ARENA_ARRAY(arena, const char *, journal->problem_count + 1);
    for (size_t i = 0; i < journal->problem_count; i++)
        (*out)[n++] = journal->problems[i];
    const char *doubt = pb_gate_finding_of_run(arena, side.findings, side.finding_count);
    if (doubt && pb_metric_table[metric].nature != PB_EXACT) (*out)[n++] = doubt;
    free(side.findings);
    return n;
}
