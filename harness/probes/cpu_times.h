/* SPDX-License-Identifier: MIT */
#ifndef PB_CPU_TIMES_H
#define PB_CPU_TIMES_H

#include "base/str.h"

/* The first line of /proc/stat, in clock ticks summed over all CPUs. */
struct pb_cpu_times {
    uint64_t busy;  /* user, nice, system, irq, softirq */
    uint64_t idle;  /* idle and iowait */
    uint64_t steal; /* taken by the hypervisor */
};

/* False when the text is not of that form. Format: proc_stat(5). */
bool pb_cpu_times_parse(struct pb_str proc_stat, struct pb_cpu_times *out);

/* What disturbed a sample: CPU time of other programs above 10 % or stolen time above 1 % of the
 * machine's capacity. `own_ns` is the CPU time of the sample itself and of our registry. Writes ""
 * when it was quiet, and for samples too short for clock ticks. */
void pb_disturbance(const struct pb_cpu_times *before, const struct pb_cpu_times *after,
                    int64_t own_ns, int64_t ns_per_tick, unsigned cpus, char out[128]);

#endif
