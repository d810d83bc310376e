/* SPDX-License-Identifier: MIT */
#include "harness/stats/rank_sum.h"

#include <criterion/criterion.h>
#include <math.h>

/* By going through all arrangements: the definition itself. */
static double brute_force_tail(size_t n, size_t m, size_t u)
{
    size_t below = 0, all = 0;
    for (size_t pattern = 0; pattern < (size_t)1 << (n + m); pattern++) {
        size_t ones = 0, pairs = 0;
        for (size_t i = 0; i < n + m; i++) {
            if (pattern >> i & 1)
                ones++;
            else
                pairs += ones; /* each x that has this y above it */
        }
        if (ones != n) continue;
        all++;
        below += pairs <= u;
    }
    return (double)below / (double)all;
}

Test(rank_sum, tail_agrees_with_the_definition)
{
    for (size_t n = 1; n <= 6; n++)
        for (size_t m = 1; m <= 6; m++)
            for (size_t u = 0; u <= n * m; u++)
                cr_expect_float_eq(pb_rank_sum_tail(n, m, u), brute_force_tail(n, m, u), 1e-12,
                                   "n = %zu, m = %zu, u = %zu", n, m, u);
    cr_expect_float_eq(pb_rank_sum_tail(60, 60, 60UL * 60), 1, 1e-9);
    cr_expect_float_eq(pb_rank_sum_tail(60, 60, 1799), 0.5, 0.01, "symmetric");
}

/* Critical values of Mann and Whitney's U for a two-sided 5 % test, as in every published table:
 * the largest u with P(U <= u) <= 2.5 %. */
static const struct {
    size_t n, m, u;
} critical[] = {{4, 4, 0},  {5, 5, 2},    {5, 8, 6},    {6, 6, 5},    {7, 7, 8},
                {8, 8, 13}, {10, 10, 23}, {12, 15, 49}, {20, 20, 127}};

Test(rank_sum, critical_values_are_those_of_the_published_table)
{
    for (size_t i = 0; i < sizeof critical / sizeof *critical; i++) {
        size_t n = critical[i].n, m = critical[i].m, u = critical[i].u;
        cr_expect_leq(pb_rank_sum_tail(n, m, u), 0.025, "%zu, %zu", n, m);
        cr_expect_gt(pb_rank_sum_tail(n, m, u + 1), 0.025, "%zu, %zu", n, m);
    }
}

Test(rank_sum, shift_and_interval)
{
    static const double x[] = {1, 2, 3, 4, 5}, y[] = {11, 12, 13, 14, 15};
    struct pb_shift s = pb_shift_of(x, 5, y, 5);
    cr_assert(s.has && s.has_interval);
    cr_expect_float_eq(s.estimate, 10, 1e-12);
    /* u = 2: the third smallest and third largest of the 25 differences. */
    cr_expect_float_eq(s.low, 7, 1e-12);
    cr_expect_float_eq(s.high, 13, 1e-12);
    cr_expect_float_eq(s.level, 1 - 2 * pb_rank_sum_tail(5, 5, 2), 1e-12);
    cr_expect_not(pb_shift_of(x, 3, y, 3).has_interval, "3 + 3 cannot reach 95 %%");
    cr_expect_not(pb_shift_of(x, 0, y, 3).has);
}
