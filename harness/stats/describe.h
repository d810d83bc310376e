/* SPDX-License-Identifier: MIT */
#ifndef PB_DESCRIBE_H
#define PB_DESCRIBE_H

#include <stddef.h>

/* The classical figures of a set of samples. Pure; the order of the samples does not matter. */
struct pb_description {
    size_t n;
    double mean;
    double sd; /* sample standard deviation (divided by n - 1); 0 for n < 2 */
    double min, max;
    double median; /* mean of the middle two for an even n */
};

/* `values` must be finite. n = 0 gives zeros. `scratch` needs room for n values. */
struct pb_description pb_describe(const double *values, size_t n, double *scratch);

#endif
