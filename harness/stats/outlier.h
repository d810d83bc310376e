/* SPDX-License-Identifier: MIT */
#ifndef PB_OUTLIER_H
#define PB_OUTLIER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Marks samples far from the rest by the modified Z of Iglewicz and Hoaglin:
 * |0.6745 (x - median) / MAD| > 3.5; with MAD = 0, anything off the median by more than 1 %. A mark
 * asks for a cause; nothing is ever deleted for it. `scratch` needs room for n values.
 */
void pb_mark_outliers(const double *values, size_t n, double *scratch, bool *marked);

#endif
