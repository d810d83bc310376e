/* SPDX-License-Identifier: MIT */
#ifndef PB_RANK_SUM_H
#define PB_RANK_SUM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Two sets of samples that are not paired: the shift of y against x by Hodges and Lehmann (median
 * of all differences y_j - x_i) with the exact interval of the Wilcoxon-Mann-Whitney test. Source:
 * Hollander, Wolfe, Chicken, "Nonparametric Statistical Methods", 3rd ed., section 4.
 * Assumes that the two sets differ by a shift alone; what changed between two runs besides the arm
 * is in the shift too. That is why the gate never uses it.
 */
enum { PB_RANK_SUM_MAX = 60 };

struct pb_shift {
    bool has;    /* both sets have a value */
    size_t n, m; /* of x and y */
    double estimate;
    bool has_interval; /* 95 % can be reached: not with 3 + 3, for instance */
    double low, high, level;
};

/* Values must be finite; of each set at most PB_RANK_SUM_MAX are used. */
struct pb_shift pb_shift_of(const double *x, size_t n, const double *y, size_t m);

/* P(U <= u) under the null hypothesis, for n and m without ties; both within 1..PB_RANK_SUM_MAX. */
double pb_rank_sum_tail(size_t n, size_t m, size_t u);

#endif
