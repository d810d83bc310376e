/* SPDX-License-Identifier: MIT */
#ifndef PB_MACHINE_STATE_H
#define PB_MACHINE_STATE_H

#include "harness/probes/cpu_times.h"

/*
 * What the whole machine did until a moment: counters that only grow. Two of them tell what
 * happened in between. What the kernel does not keep is -1.
 */
enum pb_pressure_kind { PB_PRESSURE_CPU, PB_PRESSURE_IO, PB_PRESSURE_MEMORY, PB_PRESSURE_KINDS };

struct pb_machine_state {
    bool has_cpu;
    struct pb_cpu_times cpu;
    int64_t at_ns;                         /* CLOCK_MONOTONIC_RAW; 0: never read */
    int64_t wall_offset_ns;                /* wall clock minus CLOCK_MONOTONIC: jumps with a step */
    int64_t stalled_us[PB_PRESSURE_KINDS]; /* some task waited (/proc/pressure) */
    int64_t swapped_pages, oom_kills;      /* /proc/vmstat */
    int64_t throttled;  /* times: by our cgroups' CPU quotas, and by heat on all cores */
    int64_t own_cpu_ns; /* of this process: not another program */
};

void pb_machine_state_read(struct pb_machine_state *out);

/* The value of a line "key value" of vmstat or cpu.stat; -1: there is none. */
int64_t pb_stat_value(struct pb_str text, const char *key);

#endif
