/* SPDX-License-Identifier: MIT */
#ifndef PB_PAIRED_H
#define PB_PAIRED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The effect of a candidate against a baseline from paired rounds, as log ratios
 * d_i = ln(candidate_i / baseline_i): a round shares its minute of the machine, so most noise
 * cancels. Estimate: Hodges-Lehmann (median of the Walsh averages); interval: exact signed-rank.
 * Assumes that the d_i are independent and symmetric about the effect; measured coverage under
 * spikes, drift and slow spells: docs/verdict.md. Never a bootstrap: it under-covers below n = 20.
 */
struct pb_paired {
    size_t n;
    double estimate;           /* Hodges-Lehmann, in log units: exp(x) - 1 is the relative change */
    double median;             /* of the d_i */
    bool has_interval;         /* n >= 5 and n <= 60 */
    double low, high;          /* in log units */
    double level;              /* achieved */
    size_t positive, negative; /* signs of the d_i; zeros count for neither */
    double p;                  /* exact two-sided signed-rank */
    /* Half the interval, in log units: an effect of less could not have been told from none. */
    double smallest_visible;
};

/* d must be finite, n <= 60 (further ones are ignored). */
struct pb_paired pb_paired(const double *d, size_t n);

/* ln(candidate / baseline) where both are positive; false otherwise. */
bool pb_log_ratio(double candidate, double baseline, double *out);
/* A log ratio as a relative change: 0.1 = +10 %. */
double pb_relative_change(double log_ratio);

#endif
