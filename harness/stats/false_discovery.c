/* SPDX-License-Identifier: MIT */
#include "harness/stats/false_discovery.h"

/* Insertion sort: the table has some dozens of rows. */
static void sort_by_p(const double *p, size_t n, size_t *order)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && p[order[at - 1]] > p[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

void pb_adjust_p(double *p, size_t n, size_t *order)
{
    sort_by_p(p, n, order);
    double smallest = 1;
    for (size_t rank = n; rank >= 1; rank--) {
        double *q = &p[order[rank - 1]];
        double adjusted = *q * (double)n / (double)rank;
        if (adjusted < smallest) smallest = adjusted;
        *q = smallest;
    }
}
