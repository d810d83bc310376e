/* SPDX-License-Identifier: MIT */
#include "harness/stats/signed_rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SUM = PB_SIGNED_RANK_MAX * (PB_SIGNED_RANK_MAX + 1) }; /* of doubled ranks */

/* P(sum = s) for each s, when each of `ranks` is added with probability 1/2. */
static void distribution(const unsigned *ranks, size_t n, double *probability)
{
    memset(probability, 0, (MAX_SUM + 1) * sizeof *probability);
    probability[0] = 1;
    size_t top = 0;
    for (size_t i = 0; i < n; i++) {
        top += ranks[i];
        for (size_t s = top + 1; s-- > 0;) {
            double with = s >= ranks[i] ? probability[s - ranks[i]] : 0;
            probability[s] = (probability[s] + with) / 2;
        }
    }
}

struct pb_walsh_bounds pb_walsh_bounds(size_t n, double alpha)
{
    struct pb_walsh_bounds out = {0, 0};
    if (n == 0 || n > PB_SIGNED_RANK_MAX) return out;
    unsigned ranks[PB_SIGNED_RANK_MAX];
    double probability[MAX_SUM + 1];
    for (size_t i = 0; i < n; i++)
        ranks[i] = (unsigned)i + 1;
    distribution(ranks, n, probability);
    size_t averages = n * (n + 1) / 2;
    double tails = 0;
    for (size_t k = 1; 2 * k <= averages + 1; k++) {
        tails += 2 * probability[k - 1];
        if (k > 1 && tails > alpha) break;
        out = (struct pb_walsh_bounds){k, 1 - tails};
    }
    return out;
}

static int by_magnitude(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

double pb_signed_rank_p(const double *d, size_t n)
{
    double kept[PB_SIGNED_RANK_MAX], probability[MAX_SUM + 1];
    unsigned doubled[PB_SIGNED_RANK_MAX];
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (d[i] == 0) continue;
        if (m == PB_SIGNED_RANK_MAX) return 1;
        kept[m++] = d[i];
    }
    if (m == 0) return 1;
    qsort(kept, m, sizeof *kept, by_magnitude);
    size_t positive = 0, total = m * (m + 1);
    for (size_t i = 0, end; i < m; i = end) {
        for (end = i + 1; end < m && fabs(kept[end]) == fabs(kept[i]);)
            end++;
        for (size_t j = i; j < end; j++) {
            doubled[j] = (unsigned)(i + 1 + end); /* twice the mean of ranks i+1 .. end */
            if (kept[j] > 0) positive += doubled[j];
        }
    }
    distribution(doubled, m, probability);
    size_t smaller = positive < total - positive ? positive : total - positive;
    double tail = 0;
    for (size_t s = 0; s <= smaller; s++)
        tail += probability[s];
    return fmin(1, 2 * tail);
}
