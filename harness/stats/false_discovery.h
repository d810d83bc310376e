/* SPDX-License-Identifier: MIT */
#ifndef PB_FALSE_DISCOVERY_H
#define PB_FALSE_DISCOVERY_H

#include <stddef.h>

/*
 * Benjamini and Hochberg (1995): adjusted p values (q) of n tests, for the informational table over
 * phase x metric. In place; p[i] becomes q[i]. `order` needs room for n indices.
 */
void pb_adjust_p(double *p, size_t n, size_t *order);

#endif
