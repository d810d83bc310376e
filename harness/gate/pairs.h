/* SPDX-License-Identifier: MIT */
#ifndef PB_GATE_PAIRS_H
#define PB_GATE_PAIRS_H

#include "harness/journal/journal.h"
#include "harness/stats/signed_rank.h"

/* What one arm did in one registry and phase: samples that are not traced, without the warm-up, of
 * one stage, by round. Borrowed. */
struct pb_gate_samples {
    const struct pb_sample *const *items;
    size_t n;
};

/* Whether its figures count: it ran and holds. */
bool pb_sample_counts(const struct pb_sample *sample);

/* Log ratios of the rounds in which both arms have the figure, above zero; at most
 * PB_SIGNED_RANK_MAX of them. Returns how many. */
size_t pb_gate_pairs(struct pb_gate_samples candidate, struct pb_gate_samples baseline,
                     enum pb_metric metric, double out[PB_SIGNED_RANK_MAX]);

#endif
