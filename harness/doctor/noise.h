/* SPDX-License-Identifier: MIT */
#ifndef PB_NOISE_H
#define PB_NOISE_H

#include "base/buf.h"
#include "harness/journal/journal.h"
#include "harness/stats/paired.h"

/*
 * What a run of two arms that are the same program says of the machine: how far single pairs lie
 * apart (noise), whether one arm is favoured (bias), and which effect would have been seen.
 */
struct pb_noise_cell {
    const char *registry, *phase;
    const char *missing;     /* why there are no figures; NULL: there are */
    struct pb_paired paired; /* ln(second / first) of the wall times */
    double noise;            /* median of |d|, in log units */
};

/* One per registry and phase, in the order of the run; in the arena. The arms are the run's first
 * two. Pure. */
size_t pb_noise_of(struct pb_arena *arena, const struct pb_journal_data *journal,
                   struct pb_noise_cell **out);

/* The bias as the gate reads it, schema "phasebench-aa/1" (docs/doctor.md). */
void pb_noise_print_json(const struct pb_journal_data *journal, const struct pb_noise_cell *cells,
                         size_t n, struct pb_buf *out);

/* Whether a delay of one arm was found: the interval lies above none at all. */
bool pb_noise_found(const struct pb_noise_cell *cell);

#endif
