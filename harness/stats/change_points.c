/* SPDX-License-Identifier: MIT */
#include "harness/stats/change_points.h"

#include "harness/stats/describe.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Sums of absolute differences: within the left part, within the right part, between them. */
struct sums {
    double left, right, between;
};

static double divergence(const struct sums *s, size_t m, size_t k)
{
    double l = (double)m, r = (double)k;
    double energy =
        2 * s->between / (l * r) - 2 * s->left / (l * (l - 1)) - 2 * s->right / (r * (r - 1));
    return energy * l * r / (l + r);
}

/* values[at] goes from the right part to the left one. */
static void move_one(struct sums *s, const double *values, size_t n, size_t at)
{
    double to_left = 0, to_right = 0;
    for (size_t i = 0; i < at; i++)
        to_left += fabs(values[i] - values[at]);
    for (size_t i = at + 1; i < n; i++)
        to_right += fabs(values[i] - values[at]);
    s->left += to_left;
    s->right -= to_right;
    s->between += to_right - to_left;
}

double pb_best_division(const double *values, size_t n, size_t least, size_t *at)
{
    struct sums sums = {0};
    double best = 0;
    if (least < 2) least = 2;
    *at = 0;
    if (n < 2 * least) return 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            sums.right += fabs(values[i] - values[j]);
    for (size_t left = 1; left + least <= n; left++) {
        move_one(&sums, values, n, left - 1);
        if (left < least) continue;
        double q = divergence(&sums, left, n - left);
        if (*at && q <= best) continue;
        best = q;
        *at = left;
    }
    return best;
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Fisher and Yates. The bias of % is below 2^-50 for any series that fits in memory. */
static void shuffle(double *values, size_t n, uint64_t *state)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(next_random(state) % i);
        double kept = values[i - 1];
        values[i - 1] = values[j];
        values[j] = kept;
    }
}

struct search {
    const double *values;
    const struct pb_change_points_rule *rule;
    double *scratch;
    uint64_t state;
    struct pb_change_point *out;
    size_t count, max;
};

/* Share of shuffled segments that divide at least as well. Gives up once it must exceed alpha. */
static double permutation_p(struct search *s, const double *values, size_t n, double q)
{
    const struct pb_change_points_rule *rule = s->rule;
    double total = rule->permutations + 1.0;
    unsigned as_good = 1; /* the segment as it is */
    size_t at;
    memcpy(s->scratch, values, n * sizeof *values);
    for (unsigned i = 0; i < rule->permutations && as_good <= rule->alpha * total; i++) {
        shuffle(s->scratch, n, &s->state);
        as_good += pb_best_division(s->scratch, n, rule->least_points, &at) >= q;
    }
    return as_good / total;
}

static void insert(struct search *s, size_t at, double p)
{
    if (s->count == s->max) return;
    size_t i = s->count++;
    for (; i > 0 && s->out[i - 1].at > at; i--)
        s->out[i] = s->out[i - 1];
    s->out[i] = (struct pb_change_point){.at = at, .p = p};
}

static void divide(struct search *s, size_t begin, size_t end)
{
    size_t at, least = s->rule->least_points > 2 ? s->rule->least_points : 2;
    while (end - begin >= 2 * least && s->count < s->max) {
        const double *values = s->values + begin;
        double q = pb_best_division(values, end - begin, least, &at);
        if (!(q > 0)) return;
        double p = permutation_p(s, values, end - begin, q);
        if (p > s->rule->alpha) return;
        insert(s, begin + at, p);
        divide(s, begin, begin + at);
        begin += at;
    }
}

static void describe_segments(struct search *s, size_t n)
{
    for (size_t i = 0; i < s->count; i++) {
        size_t begin = i ? s->out[i - 1].at : 0, at = s->out[i].at;
        size_t end = i + 1 < s->count ? s->out[i + 1].at : n;
        s->out[i].before = pb_describe(s->values + begin, at - begin, s->scratch).median;
        s->out[i].after = pb_describe(s->values + at, end - at, s->scratch).median;
    }
}

size_t pb_change_points(const double *values, size_t n, const struct pb_change_points_rule *rule,
                        struct pb_change_point *out, size_t max)
{
    struct search s = {.values = values, .rule = rule, .state = rule->seed, .out = out, .max = max};
    if (n < 4) return 0;
    s.scratch = calloc(n, sizeof *s.scratch);
    if (!s.scratch) return 0;
    divide(&s, 0, n);
    describe_segments(&s, n);
    free(s.scratch);
    return s.count;
}
