/* SPDX-License-Identifier: MIT */
#include "harness/compare/compare.h"

#include "harness/gate/counted.h"

#include <math.h>
#include <string.h>

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

static void compare_cell(struct pb_arena *arena, const struct pb_journal_data *a,
                         const struct pb_journal_data *b, enum pb_metric metric,
                         struct pb_compared *out)
{
    struct pb_gate_side x, y;
    double xs[PB_RANK_SUM_MAX], ys[PB_RANK_SUM_MAX];
    const char *dx = digest_of(a, out->arm), *dy = digest_of(b, out->arm);
    out->same_program = dx && dy && strcmp(dx, dy) == 0;
    pb_gate_side_of(arena, a, out->registry, out->phase, out->arm, &x);
    pb_gate_side_of(arena, b, out->registry, out->phase, out->arm, &y);
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
                compare_cell(arena, a, b, metric, cell);
            }
    return n;
}
