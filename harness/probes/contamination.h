/* SPDX-License-Identifier: MIT */
#ifndef PB_CONTAMINATION_H
#define PB_CONTAMINATION_H

#include "harness/probes/machine_state.h"

/*
 * What disturbed a sample, from the machine's state at three moments: the beginning of a window in
 * which our tree did nothing, the start of the command (its end), and the end of the command. A
 * pure function, so that every cause can be tested without making it happen.
 *
 *   steal      the hypervisor took more than 1 % of the CPU time
 *   others     other programs used more than 10 % of the CPU time
 *   waiting    while our tree idled, tasks waited for a CPU, a disk or memory for over 5 % of the
 * time memory     pages were swapped or a process was killed for want of memory throttled  a CPU
 * quota or heat slowed the CPUs down clock      the wall clock was set by over 10 ms (times are
 * monotonic, but time-outs of others are not, and logs of the run do not fit together)
 */
enum { PB_CONTAMINATION_BYTES = 256 };

struct pb_contamination_basis {
    int64_t own_ns;      /* CPU time of the measured tree and of our registry */
    int64_t ns_per_tick; /* of the CPU times */
    unsigned cpus;
};

/* Writes the causes, "; " between them, or "" when it was quiet. `idle_from` may be unread (at_ns
 * 0). Samples too short for clock ticks say nothing about CPU shares. */
void pb_contamination(const struct pb_machine_state *idle_from,
                      const struct pb_machine_state *before, const struct pb_machine_state *after,
                      const struct pb_contamination_basis *basis, char out[PB_CONTAMINATION_BYTES]);

#endif
