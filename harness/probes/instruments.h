/* SPDX-License-Identifier: MIT */
#ifndef PB_INSTRUMENTS_H
#define PB_INSTRUMENTS_H

#include "harness/probes/cgroup.h"
#include "harness/probes/collector.h"
#include "harness/probes/stack_trace.h"

/*
 * What probes need for longer than one sample: making a cgroup and loading BPF programs takes
 * longer than a short sample. Opened once, used for one sample after the other. What cannot be had
 * is a loss within; opening never fails.
 */
struct pb_instruments {
    struct pb_cgroup cgroup;
    struct pb_collector *collector;
    struct pb_stack_trace *stacks; /* of the sample that is taken now, else NULL */
};

/* `groups`: bits of enum pb_collector_group. */
void pb_instruments_open(struct pb_instruments *instruments, unsigned groups);
void pb_instruments_close(struct pb_instruments *instruments);

#endif
