/* SPDX-License-Identifier: MIT */
#include "harness/gate/pairs.h"

#include "harness/stats/paired.h"

bool pb_sample_counts(const struct pb_sample *sample)
{
    return sample->outcome == PB_OUTCOME_OK || sample->outcome == PB_OUTCOME_CONTAMINATED;
}

size_t pb_gate_pairs(struct pb_gate_samples candidate, struct pb_gate_samples baseline,
                     enum pb_metric m, double out[PB_SIGNED_RANK_MAX])
{
    size_t n = 0;
    for (size_t i = 0, j = 0; i < candidate.n && j < baseline.n;) {
        const struct pb_sample *x = candidate.items[i], *y = baseline.items[j];
        if (x->round != y->round) {
            x->round < y->round ? i++ : j++;
            continue;
        }
        bool both = pb_sample_counts(x) && pb_sample_counts(y) && x->metrics.has[m] &&
                    y->metrics.has[m] && n < PB_SIGNED_RANK_MAX;
        if (both && pb_log_ratio((double)x->metrics.value[m], (double)y->metrics.value[m], &out[n]))
            n++;
        i++, j++;
    }
    return n;
}
