/* SPDX-License-Identifier: MIT */
#include "harness/probes/probe.h"

/* The order is that of `after` (what must be read at once comes before what takes time itself) and
 * of preference: cgroup and BPF see children that nobody waits for, rusage does not. */
const struct pb_probe *const pb_probe_table[] = {
    &pb_probe_cgroup,    &pb_probe_bpf,      &pb_probe_perf,     &pb_probe_rusage,
    &pb_probe_system,    &pb_probe_pressure, &pb_probe_registry, &pb_probe_traffic,
    &pb_probe_writeback, &pb_probe_sizes,    &pb_probe_stacks,   NULL,
};
