/* SPDX-License-Identifier: MIT */
#ifndef NOISE_H
#define NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The noise of a shared machine, as log times of consecutive process executions ("slots"):
 * white noise of 3 %; L1 adds spikes (1 slot in 10, exponential of mean 20 %); L2 adds drift (a
 * random walk of 1.5 % a slot) and, in 35 % of the stages, a slow spell of 10-25 %.
 * NOISE_MEASURED and above replay executions of identical programs on real machines, a level for
 * each file that was loaded: a stage is a stretch of a measured series from a random place on
 * (round its end), so that what hangs together stays together.
 */
enum noise_level { NOISE_WHITE, NOISE_SPIKES, NOISE_FULL, NOISE_MEASURED };

struct noise_random {
    uint64_t state[4];
};
void noise_seed(struct noise_random *r, uint64_t seed);
double noise_uniform(struct noise_random *r); /* (0, 1) */
double noise_normal(struct noise_random *r);

/* Adds a level, the first is NOISE_MEASURED: lines "SERIES,WALL_NS" in the order of execution,
 * after a header. False, with a message on stderr, when there is nothing to use. */
bool noise_load(const char *path);
int noise_levels(void); /* how many there are */
/* "measured, quiet" of a file measured_quiet.csv. */
const char *noise_name(enum noise_level level);

/* One stage of `m` slots: fresh drift, fresh spell. */
void noise_slots(struct noise_random *r, enum noise_level level, size_t m, double *log_times);

/* `n` pairs of one stage, baseline first in even ones; `effect` is added to the candidate. */
void noise_pairs(struct noise_random *r, enum noise_level level, double effect, size_t n,
                 double *log_ratios);

#endif
