/* SPDX-License-Identifier: MIT */
#include "harness/gate/counted.h"

#include "harness/stats/describe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Headers hold dates and lengths: a byte more is no change. */
#define BYTES_TOLERANCE 0.01
enum { VALUES_MAX = 1024 };

/* A metric over the samples: whether it has one value in all of them. */
struct counted {
    bool has, varies;
    double value; /* the median */
};

static struct counted count(struct pb_gate_samples samples, enum pb_metric metric)
{
    double values[VALUES_MAX], scratch[VALUES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < samples.n && n < VALUES_MAX; i++)
        if (pb_sample_counts(samples.items[i]) && samples.items[i]->metrics.has[metric])
            values[n++] = (double)samples.items[i]->metrics.value[metric];
    struct pb_description d = pb_describe(values, n, scratch);
    return (struct counted){.has = n > 0, .varies = d.min < d.max, .value = d.median};
}

bool pb_gate_median(struct pb_gate_samples samples, enum pb_metric metric, double *out)
{
    struct counted c = count(samples, metric);
    *out = c.value;
    return c.has;
}

static void say(struct pb_gate_row *row, enum pb_verdict verdict, const char *reason)
{
    row->verdict = verdict;
    row->reason = reason;
}

static void judge_values(const struct pb_gate_row *row, double tolerance, enum pb_verdict *verdict,
                         const char **reason)
{
    double c = row->candidate, b = row->baseline;
    double change = b > 0 && c > 0 ? log(c / b) : c > b ? INFINITY : -INFINITY;
    enum pb_better better = pb_metric_table[row->metric].better;
    *verdict = PB_VERDICT_EQUIVALENT;
    *reason = "equal in every round";
    if (c == b) return;
    *reason = "within the threshold";
    if (fabs(change) <= tolerance) return;
    *reason = c > b ? "more, in every round" : "fewer, in every round";
    if (better == PB_NEUTRAL)
        *verdict = PB_VERDICT_INVALID;
    else
        *verdict = (c > b) == (better == PB_LOWER) ? PB_VERDICT_SLOWER : PB_VERDICT_FASTER;
}

static void add_metric(const struct pb_gate_rules *rules, const struct pb_gate_side *candidate,
                       const struct pb_gate_side *baseline, enum pb_metric metric,
                       struct pb_gate_cell *out)
{
    struct counted c = count(candidate->stage[PB_STAGE_SCREEN], metric);
    struct counted b = count(baseline->stage[PB_STAGE_SCREEN], metric);
    double tolerance = metric == PB_M_NET_RX ? log1p(BYTES_TOLERANCE) : 0;
    if (!c.has || !b.has) return;
    struct pb_gate_row *row = &out->rows[out->row_count++];
    *row = (struct pb_gate_row){
        .name = pb_metric_table[metric].name,
        .kind = PB_GATE_ROW_COUNTED,
        .metric = metric,
        .gated = out->gated && !pb_gate_accepts(rules, pb_metric_table[metric].name),
        .has_values = true,
        .candidate = c.value,
        .baseline = b.value,
    };
    pb_gate_threshold_of(rules, out->phase, metric, &tolerance);
    if (c.varies || b.varies) {
        say(row, PB_VERDICT_INCONCLUSIVE, "varies from round to round by itself");
        row->gated = false;
    } else {
        judge_values(row, tolerance, &row->verdict, &row->reason);
    }
}

/* The digest that all samples share; *varies when they do not. */
static const char *digest_of(struct pb_gate_samples samples, bool lock, bool *varies)
{
    const char *first = NULL;
    *varies = false;
    for (size_t i = 0; i < samples.n; i++) {
        const struct pb_sample *s = samples.items[i];
        const char *digest = lock ? s->lock_digest : s->tree_digest;
        if (!digest || !pb_sample_counts(s)) continue;
        if (!first) first = digest;
        if (strcmp(first, digest) != 0) *varies = true;
    }
    return first;
}

static void add_digest(const struct pb_gate_rules *rules, const struct pb_gate_side *candidate,
                       const struct pb_gate_side *baseline, bool lock, struct pb_gate_cell *out)
{
    bool c_varies, b_varies;
    const char *c = digest_of(candidate->stage[PB_STAGE_SCREEN], lock, &c_varies);
    const char *b = digest_of(baseline->stage[PB_STAGE_SCREEN], lock, &b_varies);
    if (!c || !b) return;
    struct pb_gate_row *row = &out->rows[out->row_count++];
    const char *name = lock ? "lock_digest" : "tree_digest";
    *row = (struct pb_gate_row){.name = name,
                                .kind = PB_GATE_ROW_DIGEST,
                                .gated = out->gated && !pb_gate_accepts(rules, name),
                                .candidate_digest = c,
                                .baseline_digest = b};
    if (c_varies || b_varies) {
        say(row, PB_VERDICT_INCONCLUSIVE, "varies from round to round by itself");
        row->gated = false;
    } else if (strcmp(c, b) == 0) {
        say(row, PB_VERDICT_EQUIVALENT, "equal in every round");
    } else {
        say(row, PB_VERDICT_INVALID,
            lock ? "another lockfile was written" : "other packages or versions were installed");
    }
}

/* Received bytes are timed by nature (a retry adds some), but mostly the same in every round. With
 * a threshold of their own they are judged by the rule of the timed ones. */
static bool is_counted(const struct pb_gate_rules *rules, const char *phase, enum pb_metric metric)
{
    double threshold;
    if (pb_metric_table[metric].nature == PB_EXACT) return true;
    return metric == PB_M_NET_RX && !pb_gate_threshold_of(rules, phase, metric, &threshold);
}

void pb_gate_add_counted(const struct pb_gate_rules *rules, const struct pb_gate_side *candidate,
                         const struct pb_gate_side *baseline, struct pb_gate_cell *out)
{
    for (int m = 0; m < PB_METRIC_COUNT; m++)
        if (is_counted(rules, out->phase, (enum pb_metric)m))
            add_metric(rules, candidate, baseline, (enum pb_metric)m, out);
    add_digest(rules, candidate, baseline, false, out);
    add_digest(rules, candidate, baseline, true, out);
}
