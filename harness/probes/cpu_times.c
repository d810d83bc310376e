/* SPDX-License-Identifier: MIT */
#include "harness/probes/cpu_times.h"

#include <stdio.h>

#define OTHER_MAX_PERCENT 10.0
#define STEAL_MAX_PERCENT 1.0
#define LEAST_TICKS_PER_CPU 10 /* a shorter sample says nothing in units of 10 ms */

bool pb_cpu_times_parse(struct pb_str text, struct pb_cpu_times *out)
{
    enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, FIELDS };
    uint64_t v[FIELDS];
    size_t n = 0;
    struct pb_str line, part;
    if (!pb_str_split(&text, '\n', &line) || !pb_str_starts(line, "cpu ")) return false;
    line = pb_str_trim(pb_str_skip(line, 4));
    while (n < FIELDS && pb_str_split(&line, ' ', &part))
        if (!pb_str_u64(part, &v[n++])) return false;
    if (n < FIELDS) return false;
    *out = (struct pb_cpu_times){.busy = v[USER] + v[NICE] + v[SYSTEM] + v[IRQ] + v[SOFTIRQ],
                                 .idle = v[IDLE] + v[IOWAIT],
                                 .steal = v[STEAL]};
    return true;
}

void pb_disturbance(const struct pb_cpu_times *before, const struct pb_cpu_times *after,
                    int64_t own_ns, int64_t ns_per_tick, unsigned cpus, char out[128])
{
    double busy = (double)(after->busy - before->busy),
           steal = (double)(after->steal - before->steal);
    double all = busy + steal + (double)(after->idle - before->idle);
    double other = busy - (double)own_ns / (double)ns_per_tick;
    out[0] = '\0';
    if (all < (double)LEAST_TICKS_PER_CPU * cpus) return;
    if (100 * steal / all > STEAL_MAX_PERCENT)
        snprintf(out, 128, "the hypervisor took %.1f %% of the CPU time", 100 * steal / all);
    else if (100 * other / all > OTHER_MAX_PERCENT)
        snprintf(out, 128, "other programs used %.0f %% of the CPU time", 100 * other / all);
}
