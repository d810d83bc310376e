/* SPDX-License-Identifier: MIT */
#include "harness/run/order.h"

#include <criterion/criterion.h>
#include <string.h>

#define ARMS_MAX 9

Test(order, every_round_has_each_arm_once)
{
    for (size_t n = 1; n <= ARMS_MAX; n++)
        for (unsigned round = 0; round < 40; round++) {
            size_t out[ARMS_MAX], seen = 0;
            pb_order(7, n, round, out);
            for (size_t i = 0; i < n; i++) {
                cr_assert_lt(out[i], n);
                seen |= (size_t)1 << out[i];
            }
            cr_expect_eq(seen, ((size_t)1 << n) - 1, "%zu arms, round %u", n, round);
        }
}

/* The defining property of a Williams design, for any seed and any whole cycle. */
Test(order, slots_and_predecessors_are_balanced_over_a_cycle)
{
    for (size_t n = 2; n <= ARMS_MAX; n++)
        for (uint64_t seed = 0; seed < 5; seed++)
            for (unsigned cycle = 0; cycle < 2; cycle++) {
                size_t in_slot[ARMS_MAX][ARMS_MAX] = {0}, after[ARMS_MAX][ARMS_MAX] = {0};
                unsigned period = (unsigned)pb_order_period(n);
                for (unsigned r = 0; r < period; r++) {
                    size_t out[ARMS_MAX];
                    pb_order(seed, n, cycle * period + r, out);
                    for (size_t i = 0; i < n; i++)
                        in_slot[out[i]][i]++;
                    for (size_t i = 1; i < n; i++)
                        after[out[i]][out[i - 1]]++;
                }
                for (size_t a = 0; a < n; a++)
                    for (size_t b = 0; b < n; b++) {
                        cr_assert_eq(in_slot[a][b], period / n, "%zu arms: slot", n);
                        if (a != b) cr_assert_eq(after[a][b], period / n, "%zu arms: follows", n);
                    }
            }
}

Test(order, is_a_function_of_its_arguments)
{
    size_t one[6], two[6];
    bool differs = false;
    pb_order(1, 6, 3, one);
    pb_order(1, 6, 3, two);
    cr_expect_arr_eq(one, two, sizeof one);
    for (uint64_t seed = 2; seed < 10; seed++) {
        pb_order(seed, 6, 3, two);
        differs |= memcmp(one, two, sizeof one) != 0;
    }
    cr_expect(differs, "the seed has no effect");
}

/* Fixed forever: a journal's order seed must mean the same order in later versions. */
Test(order, known_rounds_stay_as_they_are)
{
    size_t first[4], fifth[4];
    pb_order(42, 4, 0, first);
    pb_order(42, 4, 4, fifth);
    cr_expect_arr_eq(first, ((size_t[4]){1, 2, 3, 0}), sizeof first);
    cr_expect_arr_eq(fifth, ((size_t[4]){3, 1, 0, 2}), sizeof fifth);
}
