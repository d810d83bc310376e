/* SPDX-License-Identifier: MIT */
#include "harness/probes/probe.h"

/* The order is that of `after`: what must be read at once comes before what takes time itself. */
const struct pb_probe *const pb_probe_table[] = {
    &pb_probe_rusage,    &pb_probe_system, &pb_probe_registry,
    &pb_probe_writeback, &pb_probe_sizes,  NULL,
};
