/* SPDX-License-Identifier: MIT */
#include "harness/stats/outlier.h"

#include "harness/stats/describe.h"

#include <math.h>
#include <stdlib.h>

void pb_mark_outliers(const double *values, size_t n, double *scratch, bool *marked)
{
    double median = pb_describe(values, n, scratch).median;
    double *distances = n ? calloc(n, sizeof *distances) : NULL;
    for (size_t i = 0; distances && i < n; i++)
        distances[i] = fabs(values[i] - median);
    double mad = distances ? pb_describe(distances, n, scratch).median : 0;
    free(distances);
    for (size_t i = 0; i < n; i++) {
        double distance = fabs(values[i] - median);
        marked[i] = mad > 0 ? 0.6745 * distance / mad > 3.5 : distance > 0.01 * fabs(median);
    }
}
