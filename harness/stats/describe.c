/* SPDX-License-Identifier: MIT */
#include "harness/stats/describe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct pb_description pb_describe(const double *values, size_t n, double *scratch)
{
    struct pb_description d = {.n = n};
    if (n == 0) return d;
    memcpy(scratch, values, n * sizeof *values);
    qsort(scratch, n, sizeof *scratch, by_value);
    d.min = scratch[0];
    d.max = scratch[n - 1];
    d.median = n % 2 ? scratch[n / 2] : (scratch[n / 2 - 1] + scratch[n / 2]) / 2;
    for (size_t i = 0; i < n; i++)
        d.mean += scratch[i];
    d.mean /= (double)n;
    /* Two passes: the one-pass formula cancels for nanoseconds. */
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (scratch[i] - d.mean) * (scratch[i] - d.mean);
    d.sd = n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
    return d;
}
