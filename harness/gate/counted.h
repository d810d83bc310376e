/* SPDX-License-Identifier: MIT */
#ifndef PB_GATE_COUNTED_H
#define PB_GATE_COUNTED_H

#include "harness/gate/cell.h"

/* Rows for what is counted rather than timed: requests, bytes, files, packages, digests. They are
 * compared by equality over all rounds, so that one round is enough. */
void pb_gate_add_counted(const struct pb_gate_rules *rules, const struct pb_gate_side *candidate,
                         const struct pb_gate_side *baseline, struct pb_gate_cell *out);

/* The median of a metric's figures; false when there is none. */
bool pb_gate_median(struct pb_gate_samples samples, enum pb_metric metric, double *out);

#endif
