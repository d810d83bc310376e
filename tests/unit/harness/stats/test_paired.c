/* SPDX-License-Identifier: MIT */
#include "harness/stats/false_discovery.h"
#include "harness/stats/outlier.h"
#include "harness/stats/paired.h"
#include "harness/stats/signed_rank.h"

#include <criterion/criterion.h>
#include <math.h>

/* Hollander, Wolfe, Chicken, table A.4, as bounds W(k)..W(M+1-k) with the achieved level. */
static const struct {
    size_t n, k;
    double level;
} bounds[] = {
    {5, 1, 0.9375},   {6, 1, 0.96875},  {7, 3, 0.953125}, {8, 4, 0.9609},
    {9, 6, 0.9609},   {10, 9, 0.9512},  {12, 14, 0.9575}, {13, 18, 0.9521},
    {14, 22, 0.9506}, {15, 26, 0.9521}, {16, 30, 0.9557}, {20, 53, 0.9516},
};

Test(signed_rank, bounds_are_those_of_the_published_table)
{
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct pb_walsh_bounds b = pb_walsh_bounds(bounds[i].n, 0.05);
        cr_expect_eq(b.k, bounds[i].k, "n = %zu: k = %zu", bounds[i].n, b.k);
        cr_expect_float_eq(b.level, bounds[i].level, 1e-4, "n = %zu", bounds[i].n);
    }
    cr_expect_eq(pb_walsh_bounds(0, 0.05).k, 0);
    cr_expect_eq(pb_walsh_bounds(61, 0.05).k, 0);
}

/* By brute force over all 2^n sign patterns: the definition itself. */
static double brute_force_p(const double *d, size_t n)
{
    double rank[16], observed = 0, total = 0;
    for (size_t i = 0; i < n; i++) {
        size_t below = 0, equal = 0;
        for (size_t j = 0; j < n; j++) {
            below += fabs(d[j]) < fabs(d[i]);
            equal += fabs(d[j]) == fabs(d[i]);
        }
        rank[i] = (double)below + ((double)equal + 1) / 2;
        total += rank[i];
        observed += d[i] > 0 ? rank[i] : 0;
    }
    double distance = fabs(observed - total / 2);
    size_t extreme = 0, patterns = (size_t)1 << n;
    for (size_t pattern = 0; pattern < patterns; pattern++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += pattern >> i & 1 ? rank[i] : 0;
        extreme += fabs(sum - total / 2) >= distance - 1e-9;
    }
    return (double)extreme / (double)patterns;
}

Test(signed_rank, p_agrees_with_the_definition)
{
    static const double sets[][8] = {{1, 2, 3, 4, 5, 6, 7, 8},
                                     {-1, 2, 3, 4, 5, 6, 7, 8},
                                     {1, -2, 3, -4, 5, -6, 7, -8},
                                     {1, 1, 1, -1, 2, 2, -2, 3},
                                     {0.5, -0.25, 3, 3, 3, 3, -3, 9}};
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++)
        for (size_t n = 1; n <= 8; n++)
            cr_expect_float_eq(pb_signed_rank_p(sets[s], n), brute_force_p(sets[s], n), 1e-12,
                               "set %zu, n = %zu", s, n);
    static const double zeros[] = {0, 0, 0};
    cr_expect_float_eq(pb_signed_rank_p(zeros, 3), 1, 1e-12);
}

/* The interval holds exactly those shifts that the two-sided test does not refuse: found here by
 * asking the brute-force test at each gap between the averages of two. */
Test(paired, interval_is_the_inverted_test)
{
    static const double sets[][12] = {
        {3.1, -0.4, 2.2, 5.9, 1.3, 4.8, 0.7, 2.95, -1.65, 3.36, 6.12, 2.71},
        {-7, -3.5, -9.25, 1.125, -4.75, -6.3, -2.2, -5.05, -8.4, 0.31, -1.9, -3.02}};
    for (size_t s = 0; s < 2; s++)
        for (size_t n = 5; n <= 12; n++) {
            struct pb_paired p = pb_paired(sets[s], n);
            const double step = 1e-6,
                         edges[] = {p.low - step, p.low + step, p.high - step, p.high + step};
            for (size_t e = 0; e < 4; e++) {
                double shifted[12];
                for (size_t i = 0; i < n; i++)
                    shifted[i] = sets[s][i] - edges[e];
                double refused_below = 1 - p.level + 1e-12;
                bool inside = e == 1 || e == 2;
                cr_expect_eq(brute_force_p(shifted, n) > refused_below, inside,
                             "set %zu, n = %zu, edge %zu", s, n, e);
            }
        }
}

/* Darwin's plants as in Hollander and Wolfe: differences in eighths of an inch. */
static const double darwin[] = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};

Test(paired, darwin_data)
{
    struct pb_paired p = pb_paired(darwin, 15);
    cr_expect_float_eq(p.median, 24, 1e-12);
    cr_expect_float_eq(p.estimate, 25.0, 1e-12);
    cr_expect_eq(p.positive, 13);
    cr_expect_eq(p.negative, 2);
    cr_expect_float_eq(p.p, 0.0412597656, 1e-9);
    cr_assert(p.has_interval);
    cr_expect_float_eq(p.low, 4.0, 1e-12);
    cr_expect_float_eq(p.high, 41.5, 1e-12);
    cr_expect_float_eq(p.smallest_visible, (p.high - p.low) / 2, 1e-12);
}

Test(paired, order_and_scale_do_not_matter)
{
    double shuffled[15];
    for (size_t i = 0; i < 15; i++)
        shuffled[i] = darwin[i * 7 % 15] / 1000;
    struct pb_paired a = pb_paired(darwin, 15), b = pb_paired(shuffled, 15);
    cr_expect_float_eq(a.estimate, b.estimate * 1000, 1e-9);
    cr_expect_float_eq(a.low, b.low * 1000, 1e-9);
    cr_expect_float_eq(a.high, b.high * 1000, 1e-9);
    cr_expect_float_eq(a.p, b.p, 1e-12);
}

Test(paired, small_sets_have_no_interval)
{
    for (size_t n = 0; n < 5; n++) {
        struct pb_paired p = pb_paired(darwin, n);
        cr_expect_eq(p.n, n);
        cr_expect_not(p.has_interval);
    }
    cr_expect(pb_paired(darwin, 5).has_interval);
}

Test(paired, ratios_of_what_cannot_be_compared_are_refused)
{
    double d;
    cr_expect(pb_log_ratio(110, 100, &d));
    cr_expect_float_eq(pb_relative_change(d), 0.10, 1e-12);
    static const double bad[][2] = {{0, 1}, {1, 0}, {-1, 1}, {INFINITY, 1}, {1, NAN}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_not(pb_log_ratio(bad[i][0], bad[i][1], &d), "row %zu", i);
}

Test(outlier, only_what_is_far_is_marked)
{
    static const double values[] = {1.0, 1.1, 0.9, 1.05, 5.0, 0.95};
    double scratch[6];
    bool marked[6];
    pb_mark_outliers(values, 6, scratch, marked);
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(marked[i], i == 4, "value %zu", i);
    static const double same[] = {2, 2, 2, 2, 2.5};
    pb_mark_outliers(same, 5, scratch, marked);
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(marked[i], i == 4, "same %zu", i);
    pb_mark_outliers(same, 0, scratch, marked);
}

/* The example of Benjamini and Hochberg (1995), section 4: adjusted as R's p.adjust does. */
Test(false_discovery, adjusted_values)
{
    double p[] = {0.0201, 0.0001, 0.0004, 0.0019, 0.0095, 0.0278, 0.0298, 0.0344};
    static const double q[] = {0.03216, 0.0008,       0.0016,       0.00506667,
                               0.019,   0.0340571429, 0.0340571429, 0.0344};
    size_t order[8];
    pb_adjust_p(p, 8, order);
    for (size_t i = 0; i < 8; i++)
        cr_expect_float_eq(p[i], q[i], 1e-8, "p[%zu]", i);
}
