/* SPDX-License-Identifier: MIT */
#include "harness/stats/change_points.h"

#include <criterion/criterion.h>
#include <math.h>

enum { MAX = 16 };

/* Annual flow of the Nile at Aswan, 1871 to 1970 (Cobb 1978): its level fell after 1898. */
static const double nile[100] = {
    1120, 1160, 963, 1210, 1160, 1160, 813,  1230, 1370, 1140, 995,  935,  1110, 994,  1020,
    960,  1180, 799, 958,  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774,  840,
    874,  694,  940, 833,  701,  916,  692,  1020, 1050, 969,  831,  726,  456,  824,  702,
    1120, 1100, 832, 764,  821,  768,  845,  864,  862,  698,  845,  744,  796,  1040, 759,
    781,  865,  845, 944,  984,  897,  822,  1010, 771,  676,  649,  846,  812,  742,  801,
    1040, 860,  874, 848,  890,  744,  749,  838,  1050, 918,  986,  797,  923,  975,  815,
    1020, 906,  901, 1170, 912,  746,  919,  718,  714,  740};

static double uniform(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 9007199254740992.0;
}

static double bell(uint64_t *state)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += uniform(state);
    return sum;
}

/* The definition, term by term. */
static double divergence_by_definition(const double *v, size_t n, size_t at)
{
    double between = 0, left = 0, right = 0, m = (double)at, k = (double)(n - at);
    for (size_t i = 0; i < at; i++)
        for (size_t j = at; j < n; j++)
            between += fabs(v[i] - v[j]);
    for (size_t i = 0; i < at; i++)
        for (size_t j = 0; j < i; j++)
            left += fabs(v[i] - v[j]);
    for (size_t i = at; i < n; i++)
        for (size_t j = at; j < i; j++)
            right += fabs(v[i] - v[j]);
    return m * k / (m + k) *
           (2 / (m * k) * between - left / (m * (m - 1) / 2) - right / (k * (k - 1) / 2));
}

Test(change_points, best_division_is_that_of_the_definition)
{
    uint64_t state = 7;
    for (size_t n = 4; n < 40; n++) {
        double values[40], best = -INFINITY;
        size_t at, best_at = 0;
        for (size_t i = 0; i < n; i++)
            values[i] = bell(&state) + (i >= n / 3 ? 1 : 0);
        for (size_t i = 2; i + 2 <= n; i++) {
            double q = divergence_by_definition(values, n, i);
            if (q <= best) continue;
            best = q;
            best_at = i;
        }
        cr_expect_float_eq(pb_best_division(values, n, 2, &at), best, 1e-9, "n %zu", n);
        cr_expect_eq(at, best_at, "n %zu: %zu, not %zu", n, at, best_at);
    }
}

Test(change_points, finds_the_fall_of_the_nile)
{
    struct pb_change_point found[MAX];
    size_t n = pb_change_points(nile, 100, &PB_CHANGE_POINTS_RULE, found, MAX);
    cr_assert_eq(n, 1);
    cr_expect_eq(found[0].at, 28, "the new level begins in 1899, not %zu", 1871 + found[0].at);
    cr_expect_float_eq(found[0].p, 1.0 / 500, 1e-12);
    cr_expect_float_eq(found[0].before, 1110, 20);
    cr_expect_float_eq(found[0].after, 840, 20);
}

static const struct {
    const char *what;
    struct {
        size_t at;
        double level, spread;
    } levels[4];
    size_t n;
    size_t changes[3];
    size_t change_count;
} series[] = {
    {"no change", {{0, 0, 0.03}}, 60, {0}, 0},
    {"all the same", {{0, 1, 0}}, 60, {0}, 0},
    {"a step of 10 % in noise of 3 %", {{0, 0, 0.03}, {30, 0.10, 0.03}}, 60, {30}, 1},
    {"up and down again", {{0, 0, 0.03}, {30, 0.15, 0.03}, {60, 0, 0.03}}, 90, {30, 60}, 2},
    {"a stair",
     {{0, 0, 0.02}, {25, 0.1, 0.02}, {50, 0.2, 0.02}, {75, 0.3, 0.02}},
     100,
     {25, 50, 75},
     3},
    {"the spread grows", {{0, 0, 0.01}, {60, 0, 0.12}}, 120, {60}, 1},
    {"too short", {{0, 0, 0.01}, {3, 1, 0.01}}, 7, {0}, 0},
    {"just long enough", {{0, 0, 0.01}, {6, 1, 0.01}}, 12, {6}, 1},
};

static void fill(double *values, size_t k, uint64_t *state)
{
    size_t level = 0;
    for (size_t i = 0; i < series[k].n; i++) {
        while (level + 1 < 4 && series[k].levels[level + 1].at &&
               i >= series[k].levels[level + 1].at)
            level++;
        values[i] = series[k].levels[level].level + series[k].levels[level].spread * bell(state);
    }
}

Test(change_points, finds_planted_changes)
{
    for (size_t k = 0; k < sizeof series / sizeof *series; k++) {
        double values[120];
        uint64_t state = 11;
        struct pb_change_point found[MAX];
        fill(values, k, &state);
        size_t n = pb_change_points(values, series[k].n, &PB_CHANGE_POINTS_RULE, found, MAX);
        cr_expect_eq(n, series[k].change_count, "%s: %zu changes", series[k].what, n);
        for (size_t i = 0; i < n && i < series[k].change_count; i++)
            cr_expect(found[i].at + 3 >= series[k].changes[i] &&
                          found[i].at <= series[k].changes[i] + 3,
                      "%s: at %zu", series[k].what, found[i].at);
    }
}

Test(change_points, one_spike_is_no_change)
{
    double values[40];
    uint64_t state = 5;
    struct pb_change_point found[MAX];
    for (size_t i = 0; i < 40; i++)
        values[i] = 0.02 * bell(&state);
    values[20] = 1;
    cr_expect_eq(pb_change_points(values, 40, &PB_CHANGE_POINTS_RULE, found, MAX), 0);
}

/* alpha is the chance of a false alarm: 500 quiet series at 5 % give 25 +- 5 (one sigma). */
Test(change_points, false_alarms_are_as_rare_as_stated)
{
    enum { SERIES = 500, N = 24 };
    struct pb_change_points_rule rule = {
        .alpha = 0.05, .least_points = 4, .permutations = 99, .seed = 3};
    uint64_t state = 99;
    size_t alarms = 0;
    for (size_t k = 0; k < SERIES; k++) {
        double values[N];
        struct pb_change_point found[MAX];
        for (size_t i = 0; i < N; i++)
            values[i] = bell(&state);
        rule.seed = k;
        alarms += pb_change_points(values, N, &rule, found, MAX) > 0;
    }
    cr_expect(alarms >= 10 && alarms <= 40, "%zu false alarms", alarms);
}

Test(change_points, the_same_seed_gives_the_same)
{
    struct pb_change_point a[MAX], b[MAX];
    struct pb_change_points_rule rule = PB_CHANGE_POINTS_RULE;
    rule.alpha = 0.2;
    size_t n = pb_change_points(nile, 100, &rule, a, MAX);
    cr_assert_eq(pb_change_points(nile, 100, &rule, b, MAX), n);
    for (size_t i = 0; i < n; i++)
        cr_expect(a[i].at == b[i].at && a[i].p == b[i].p);
    cr_expect_eq(pb_change_points(nile, 100, &rule, a, 0), 0, "no room for any");
}
