/* SPDX-License-Identifier: MIT */
#ifndef PB_RUN_PROGRESS_H
#define PB_RUN_PROGRESS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a run tells while it works. Pure: the caller shows the texts. */

/* One cell so far. */
struct pb_cell_progress {
    const char *arm;    /* its name; not owned */
    unsigned left;      /* samples still to take */
    unsigned taken;     /* samples taken by this process, the warm-up included */
    int64_t spent_ns;   /* on those, with all preparation */
    unsigned counted;   /* samples that hold, without the warm-up */
    double wall_ns_sum; /* of those */
};

/* Where the run is: "replay p0_full_cold round 2/3 plumb"; on a narrow terminal "p0 2/3 plumb". */
struct pb_progress_place {
    const char *registry, *phase, *arm;
    int round, last; /* round 0: the warm-up */
    bool confirming;
};
void pb_progress_put_place(struct pb_buf *out, const struct pb_progress_place *place, bool narrow);

/* Time for what is left: each cell at its own pace so far, one without a pace at the mean of the
 * others. -1 while nothing is known. */
int64_t pb_progress_left_ns(const struct pb_cell_progress *cells, size_t n);

/* Appends " · 3m10s left", or nothing when `left_ns` is negative. */
void pb_progress_put_left(struct pb_buf *out, int64_t left_ns);

/* Appends `lead` and the mean wall time so far of each arm that has one: "plumb 5.83s, bun 6.10s";
 * nothing when none has. */
void pb_progress_put_means(struct pb_buf *out, const char *lead,
                           const struct pb_cell_progress *cells, size_t n);

#endif
