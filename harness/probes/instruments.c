/* SPDX-License-Identifier: MIT */
#include "harness/probes/instruments.h"

void pb_instruments_open(struct pb_instruments *instruments, unsigned groups)
{
    instruments->stacks = NULL;
    pb_cgroup_open(&instruments->cgroup);
    instruments->collector = pb_collector_open(groups, &instruments->cgroup);
}

void pb_instruments_close(struct pb_instruments *instruments)
{
    pb_stack_trace_free(instruments->stacks);
    instruments->stacks = NULL;
    pb_collector_close(instruments->collector); /* its programs hold on to the cgroup */
    pb_cgroup_close(&instruments->cgroup);
    instruments->collector = NULL;
}
