/* SPDX-License-Identifier: MIT */
#ifndef PB_TAKING_H
#define PB_TAKING_H

#include "harness/run/context.h"
#include "harness/validity/check.h"

/* One sample on its way; inside harness/run only. */
struct pb_taking {
    struct pb_run *run;
    const struct pb_leg *leg;
    const struct pb_phase *phase;
    const struct pb_arm *arm;
    const struct pb_seed *seed;
    struct pb_run_cell *cell;
    struct pb_cell_progress *progress;
    int64_t began_ns;
    struct pb_workspace ws;
    struct pb_facts facts;
    struct pb_sample sample;
};

/* Makes the sample's workspace with what its phase declares to be there: project, lockfile, store,
 * metadata cache, node_modules, another project. */
int pb_sample_put_before_state(struct pb_taking *taking, struct pb_err *err) PB_MUST_CHECK;

#endif
