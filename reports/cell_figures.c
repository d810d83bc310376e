/* SPDX-License-Identifier: MIT */
#include "reports/cell_figures.h"

#include "harness/stats/describe.h"
#include "harness/stats/outlier.h"

#include <math.h>
#include <string.h>

static bool has_wall(const struct pb_sample *sample)
{
    return pb_sample_counts(sample) && sample->metrics.has[PB_M_WALL];
}

static void describe_metrics(struct pb_cell *cell, double *values, double *scratch)
{
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        size_t n = 0;
        const char *reason = "no valid sample";
        for (size_t i = 0; i < cell->sample_count; i++) {
            const struct pb_metric_values *v = &cell->samples[i]->metrics;
            if (!pb_sample_counts(cell->samples[i])) continue;
            if (v->has[m])
                values[n++] = (double)v->value[m];
            else
                reason = v->reason[m];
        }
        struct pb_description d = pb_describe(values, n, scratch);
        cell->metric[m].has = n > 0;
        cell->metric[m].reason = n > 0 ? NULL : reason;
        cell->metric[m].n = n;
        cell->metric[m].mean = d.mean;
        cell->metric[m].sd = d.sd;
        cell->metric[m].min = d.min;
        cell->metric[m].max = d.max;
        cell->metric[m].median = d.median;
    }
}

static void note_digest(struct pb_common_digest *common, const char *digest)
{
    if (!digest) return;
    if (!common->digest) common->digest = digest;
    if (strcmp(common->digest, digest) != 0) common->varies = true;
}

static void note_digests(struct pb_cell *cell)
{
    for (size_t i = 0; i < cell->sample_count; i++) {
        if (!pb_sample_counts(cell->samples[i])) continue;
        note_digest(&cell->tree, cell->samples[i]->tree_digest);
        note_digest(&cell->lock, cell->samples[i]->lock_digest);
    }
}

/* `logs` has room for every sample. */
static void locate_wall(struct pb_cell *cell, double *logs)
{
    size_t n = 0;
    for (size_t i = 0; i < cell->sample_count; i++) {
        const struct pb_sample *s = cell->samples[i];
        if (has_wall(s) && pb_log_ratio((double)s->metrics.value[PB_M_WALL], 1, &logs[n])) n++;
    }
    struct pb_paired where = pb_paired(logs, n);
    if (!where.has_interval) return;
    cell->wall_interval.has = true;
    cell->wall_interval.low = exp(where.low);
    cell->wall_interval.high = exp(where.high);
    cell->wall_interval.level = where.level;
}

/* `values` has room for twice the samples, `marked` for one each. */
static void mark_outliers(struct pb_arena *arena, struct pb_cell *cell, double *values,
                          bool *marked)
{
    size_t n = 0, at = 0;
    const size_t count = cell->sample_count;
    cell->is_outlier = PB_ARENA_ARRAY(arena, bool, count);
    for (size_t i = 0; i < count; i++)
        if (has_wall(cell->samples[i]))
            values[n++] = (double)cell->samples[i]->metrics.value[PB_M_WALL];
    pb_mark_outliers(values, n, values + count, marked);
    for (size_t i = 0; i < count; i++)
        if (has_wall(cell->samples[i])) cell->is_outlier[i] = marked[at++];
}

void pb_cell_describe(struct pb_cell *cell, struct pb_arena *arena, double *values, bool *marked)
{
    describe_metrics(cell, values, values + cell->sample_count);
    locate_wall(cell, values);
    mark_outliers(arena, cell, values, marked);
    note_digests(cell);
}
