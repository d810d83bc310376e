/* SPDX-License-Identifier: MIT */
#include "harness/run/order.h"

#include "base/mem.h"

#include <stdlib.h>

/* splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t *shuffled(uint64_t seed, size_t n)
{
    size_t *items = pb_calloc(n + 1, sizeof *items);
    for (size_t i = 0; i < n; i++)
        items[i] = i;
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(next_random(&seed) % i), held = items[i - 1];
        items[i - 1] = items[j];
        items[j] = held;
    }
    return items;
}

/* Column `slot` of the square's first row: 0, 1, n-1, 2, n-2, ... */
static size_t first_row(size_t n, size_t slot)
{
    if (slot == 0) return 0;
    return slot % 2 ? (slot + 1) / 2 : n - slot / 2;
}

size_t pb_order_period(size_t arms)
{
    return arms < 2 ? 1 : arms % 2 ? 2 * arms : arms;
}

void pb_order(uint64_t seed, size_t arms, unsigned round, size_t *out)
{
    size_t period = pb_order_period(arms);
    uint64_t cycle = round / period;
    size_t *labels = shuffled(seed, arms), *rows = shuffled(seed + 1 + cycle, period);
    size_t row = rows[round % period];
    for (size_t slot = 0; slot < arms; slot++) {
        /* An odd square is not balanced alone: its rows come mirrored too. */
        size_t column = row < arms ? slot : arms - 1 - slot;
        out[slot] = labels[(first_row(arms, column) + row) % arms];
    }
    free(rows);
    free(labels);
}
