/* SPDX-License-Identifier: MIT */
#include "harness/stats/paired.h"

#include "harness/stats/signed_rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_N = PB_SIGNED_RANK_MAX, MAX_WALSH = MAX_N * (MAX_N + 1) / 2, MIN_INTERVAL_N = 5 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of_sorted(const double *v, size_t n)
{
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static size_t walsh_averages(const double *d, size_t n, double *out)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++)
            out[count++] = (d[i] + d[j]) / 2;
    qsort(out, count, sizeof *out, by_value);
    return count;
}

struct pb_paired pb_paired(const double *d, size_t n)
{
    struct pb_paired out = {.n = n > MAX_N ? MAX_N : n, .p = 1};
    n = out.n;
    if (n == 0) return out;
    double sorted[MAX_N], walsh[MAX_WALSH];
    memcpy(sorted, d, n * sizeof *d);
    qsort(sorted, n, sizeof *sorted, by_value);
    out.median = median_of_sorted(sorted, n);
    size_t count = walsh_averages(d, n, walsh);
    out.estimate = median_of_sorted(walsh, count);
    for (size_t i = 0; i < n; i++) {
        out.positive += d[i] > 0;
        out.negative += d[i] < 0;
    }
    out.p = pb_signed_rank_p(d, n);
    if (n < MIN_INTERVAL_N) return out;
    struct pb_walsh_bounds bounds = pb_walsh_bounds(n, 0.05);
    out.has_interval = true;
    out.low = walsh[bounds.k - 1];
    out.high = walsh[count - bounds.k];
    out.level = bounds.level;
    out.smallest_visible = (out.high - out.low) / 2;
    return out;
}

bool pb_log_ratio(double candidate, double baseline, double *out)
{
    if (!(candidate > 0) || !(baseline > 0) || !isfinite(candidate) || !isfinite(baseline))
        return false;
    *out = log(candidate / baseline);
    return true;
}

double pb_relative_change(double log_ratio)
{
    return expm1(log_ratio);
}
