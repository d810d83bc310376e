/* SPDX-License-Identifier: MIT */
#ifndef PB_PERF_RINGS_H
#define PB_PERF_RINGS_H

#include "base/err.h"
#include "base/str.h"
#include "harness/probes/loss.h"

#include <stdint.h>
#include <sys/types.h>

/*
 * Two software events on every CPU, inherited by all that a process starts, with a ring buffer per
 * CPU: the CPU clock, and each switch away from a CPU. A sample has the kernel's call chain and,
 * for user mode, the registers and the top of the stack. Side-band records tell of maps, names,
 * forks, exits and switches. Needs no hardware counter; root, cap_perfmon, or
 * kernel.perf_event_paranoid of at most 1.
 */
#define PB_STACKS_PERIOD_NS                                                                        \
    1003009u /* about 1 kHz; a prime, so that it keeps no step with ticks                          \
              */

struct pb_perf_rings;

/* Whether it would work here; an empty cause: it does. */
void pb_perf_rings_try(struct pb_loss *loss);

/* Of `pid` and what it will start, from its next exec on; its exec itself is seen. */
struct pb_perf_rings *pb_perf_rings_open(pid_t pid, struct pb_err *err);
void pb_perf_rings_close(struct pb_perf_rings *rings);
/* Nothing is written any more. */
void pb_perf_rings_stop(struct pb_perf_rings *rings);

/* The next record of all rings by time that is not younger than `until_ns` (CLOCK_MONOTONIC), into
 * `out`: valid until the next call. False: none. Records of one CPU come in order; of several, if
 * `until_ns` is far enough ago that all CPUs have written what they had to. */
bool pb_perf_rings_next(struct pb_perf_rings *rings, uint64_t until_ns, struct pb_str *out);

#endif
