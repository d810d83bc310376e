/* SPDX-License-Identifier: MIT */
#include "harness/compare/compare.h"

#include "harness/gate/counted.h"
#include "harness/stats/false_discovery.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_CHANGE 0.01
#define LEAST_TRACED_CHANGE 0.05

static double change_of(double candidate, double baseline)
{
    if (candidate == baseline) return 0;
    if (!(baseline > 0)) return INFINITY;
    if (!(candidate > 0)) return -INFINITY;
    return log(candidate / baseline);
}

static bool has_moved(const struct pb_moved *m)
{
    size_t agreeing = m->change > 0 ? m->paired.positive : m->paired.negative;
    if (m->traced) return fabs(m->change) >= LEAST_TRACED_CHANGE;
    if (fabs(m->change) < LEAST_CHANGE) return false;
    return m->paired.n == 0 || 5 * agreeing >= 4 * m->paired.n;
}

static int most_moved_first(const void *a, const void *b)
{
    const struct pb_moved *x = a, *y = b;
    double cx = fabs(x->change), cy = fabs(y->change);
    if (x->traced != y->traced) return x->traced ? 1 : -1;
    if (cx != cy) return cx > cy ? -1 : 1;
    return strcmp(x->name, y->name);
}

static size_t add_metrics(const struct pb_gate_side *c, const struct pb_gate_side *b,
                          struct pb_moved *out)
{
    double d[PB_SIGNED_RANK_MAX], q[PB_METRIC_COUNT];
    size_t order[PB_METRIC_COUNT], n = 0;
    const struct pb_gate_samples *cs = &c->stage[PB_STAGE_SCREEN], *bs = &b->stage[PB_STAGE_SCREEN];
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        struct pb_moved row = {.name = pb_metric_table[m].name, .unit = pb_metric_table[m].unit};
        if (!pb_gate_median(*cs, (enum pb_metric)m, &row.candidate) ||
            !pb_gate_median(*bs, (enum pb_metric)m, &row.baseline))
            continue;
        row.paired = pb_paired(d, pb_gate_pairs(*cs, *bs, (enum pb_metric)m, d));
        /* Zeros have no ratio: with few pairs left the medians tell more. */
        if (2 * row.paired.n < cs->n) row.paired = (struct pb_paired){.p = 1};
        row.change = row.paired.n ? row.paired.estimate : change_of(row.candidate, row.baseline);
        q[n] = row.paired.p;
        out[n++] = row;
    }
    pb_adjust_p(q, n, order);
    for (size_t i = 0; i < n; i++)
        out[i].q = q[i];
    return n;
}

size_t pb_explain(struct pb_arena *arena, const struct pb_journal_data *journal, const char *dir,
                  const char *registry, const char *phase, const char *candidate,
                  const char *baseline, struct pb_moved **out)
{
    struct pb_gate_side c, b;
    const struct pb_trace_figure *figures;
    pb_gate_side_of(arena, journal, registry, phase, candidate, &c);
    pb_gate_side_of(arena, journal, registry, phase, baseline, &b);
    size_t traced =
        pb_trace_figures(arena, journal, dir, registry, phase, candidate, baseline, &figures);
    *out = PB_ARENA_ARRAY(arena, struct pb_moved, PB_METRIC_COUNT + traced);
    size_t n = add_metrics(&c, &b, *out);
    for (size_t i = 0; i < traced; i++)
        (*out)[n++] = (struct pb_moved){.name = figures[i].path,
                                        .traced = true,
                                        .source = figures[i].source,
                                        .baseline = figures[i].mean[1],
                                        .candidate = figures[i].mean[0],
                                        .change = change_of(figures[i].mean[0], figures[i].mean[1]),
                                        .q = 1};
    size_t moved = 0;
    for (size_t i = 0; i < n; i++)
        if (has_moved(&(*out)[i])) (*out)[moved++] = (*out)[i];
    qsort(*out, moved, sizeof **out, most_moved_first);
    return moved;
}
