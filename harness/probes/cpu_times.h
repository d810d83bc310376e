/* SPDX-License-Identifier: MIT */
#ifndef PB_CPU_TIMES_H
#define PB_CPU_TIMES_H

#include "base/str.h"

/* The first line of /proc/stat, in clock ticks summed over all CPUs. */
struct pb_cpu_times {
    uint64_t busy;       /* user, nice, system: of programs */
    uint64_t interrupts; /* irq, softirq: of nobody in particular */
    uint64_t idle;       /* idle and iowait */
    uint64_t steal;      /* taken by the hypervisor */
};

/* False when the text is not of that form. Format: proc_stat(5). */
bool pb_cpu_times_parse(struct pb_str proc_stat, struct pb_cpu_times *out);

#endif
