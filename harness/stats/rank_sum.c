/* SPDX-License-Identifier: MIT */
#include "harness/stats/rank_sum.h"

#include <stdlib.h>

enum { MAX_N = PB_RANK_SUM_MAX, MAX_U = MAX_N * MAX_N };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Probabilities of U by its generating function, the Gaussian binomial coefficient
 * prod (1 - q^(n+i)) / (1 - q^i), i = 1..m; divided by the count of arrangements as it grows, so
 * that nothing overflows. */
static void distribution(size_t n, size_t m, double p[MAX_U + 1])
{
    size_t top = n * m;
    for (size_t u = 0; u <= top; u++)
        p[u] = u == 0;
    for (size_t i = 1; i <= m; i++) {
        for (size_t u = top; u + 1 > n + i; u--)
            p[u] -= p[u - n - i];
        for (size_t u = i; u <= top; u++)
            p[u] += p[u - i];
        double scale = (double)i / (double)(n + i);
        for (size_t u = 0; u <= top; u++)
            p[u] *= scale;
    }
}

double pb_rank_sum_tail(size_t n, size_t m, size_t u)
{
    double p[MAX_U + 1], sum = 0;
    if (n < 1 || m < 1 || n > MAX_N || m > MAX_N) return 1;
    distribution(n, m, p);
    for (size_t i = 0; i <= u && i <= n * m; i++)
        sum += p[i];
    return sum;
}

/* The largest k whose tail P(U < k) is at most 2.5 %; 0: none. */
static size_t lowest_difference(size_t n, size_t m, double *level)
{
    double p[MAX_U + 1], tail = 0;
    size_t k = 0;
    distribution(n, m, p);
    *level = 1;
    while (k <= n * m && tail + p[k] <= 0.025)
        tail += p[k++];
    *level = 1 - 2 * tail;
    return k;
}

struct pb_shift pb_shift_of(const double *x, size_t n, const double *y, size_t m)
{
    double d[MAX_U];
    size_t count = 0;
    if (n > MAX_N) n = MAX_N;
    if (m > MAX_N) m = MAX_N;
    struct pb_shift out = {.has = n > 0 && m > 0, .n = n, .m = m};
    if (!out.has) return out;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            d[count++] = y[j] - x[i];
    qsort(d, count, sizeof *d, by_value);
    out.estimate = count % 2 ? d[count / 2] : (d[count / 2 - 1] + d[count / 2]) / 2;
    size_t k = lowest_difference(n, m, &out.level);
    out.has_interval = k > 0;
    if (!out.has_interval) return out;
    out.low = d[k - 1];
    out.high = d[count - k];
    return out;
}
