/* SPDX-License-Identifier: MIT */
#ifndef PB_SIGNED_RANK_H
#define PB_SIGNED_RANK_H

#include <stddef.h>

/*
 * The exact null distribution of Wilcoxon's signed-rank statistic for n pairs without ties, and the
 * order statistics of the Walsh averages that make the exact interval of Hodges and Lehmann.
 * Source: Hollander, Wolfe, Chicken, "Nonparametric Statistical Methods", 3rd ed., section 3.
 * Exact for n <= PB_SIGNED_RANK_MAX; larger n are refused (k = 0, p = 1).
 */
enum { PB_SIGNED_RANK_MAX = 60 };

struct pb_walsh_bounds {
    size_t
        k; /* the interval is [W(k), W(M + 1 - k)] of the M = n(n+1)/2 sorted averages; 0: none */
    double level; /* achieved, e.g. 0.9375 for n = 5 */
};
/* Largest k whose two tails together are at most `alpha`, but at least 1 (the widest interval). */
struct pb_walsh_bounds pb_walsh_bounds(size_t n, double alpha);

/* Two-sided exact p of the differences (zeros dropped; ties in magnitude get mean ranks, for which
 * the distribution is that of the doubled ranks, enumerated exactly). 1 when nothing is left. */
double pb_signed_rank_p(const double *d, size_t n);

#endif
