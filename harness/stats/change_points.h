/* SPDX-License-Identifier: MIT */
#ifndef PB_CHANGE_POINTS_H
#define PB_CHANGE_POINTS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where a series of figures changed its level or its spread, without a model of either:
 * hierarchical division by the energy statistic (E-divisive), each division tested by permutation.
 * Source: Matteson and James, "A Nonparametric Approach for Multiple Change Point Analysis of
 * Multivariate Data", JASA 109 (2014), with distance exponent 1 and the right part of a division
 * always reaching to the end of its segment. A part that is divided is tested afresh, so on a
 * series without changes one test is made and `alpha` is the chance of a false one. Pure: the same
 * series and seed give the same result. The cost is n^2 times the permutations.
 */
struct pb_change_points_rule {
    double alpha;          /* 0.01: a division is kept when its p is not above */
    size_t least_points;   /* on each side of a division, at least 2 */
    unsigned permutations; /* the smallest p is 1 / (permutations + 1) */
    uint64_t seed;
};
#define PB_CHANGE_POINTS_RULE                                                                      \
    ((struct pb_change_points_rule){                                                               \
        .alpha = 0.01, .least_points = 4, .permutations = 499, .seed = 1})

struct pb_change_point {
    size_t at;            /* index of the first value of the new level */
    double p;             /* of the permutation test */
    double before, after; /* medians of the segments beside it, when all divisions are known */
};

/* The largest divergence of a division of values[0..n), and where: exposed for its tests. 0 and 0
 * when n is less than twice `least`. */
double pb_best_division(const double *values, size_t n, size_t least, size_t *at);

/* `values` must be finite. Writes at most `max` points in order and returns how many. */
size_t pb_change_points(const double *values, size_t n, const struct pb_change_points_rule *rule,
                        struct pb_change_point *out, size_t max);

#endif
