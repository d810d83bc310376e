/* SPDX-License-Identifier: MIT */
#ifndef PB_ORDER_H
#define PB_ORDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * The order of the arms in a round. Rounds go through the rows of a Williams square (E. J.
 * Williams, "Experimental designs balanced for the estimation of residual effects of treatments",
 * 1949): over n rounds (2n when n is odd) every arm stands in every slot equally often and follows
 * every other arm equally often. Arms and rows are shuffled by the seed. Pure: the same input gives
 * the same order on every machine.
 */
void pb_order(uint64_t seed, size_t arms, unsigned round, size_t *out);

/* Rounds after which the balance is complete. */
size_t pb_order_period(size_t arms);

#endif
