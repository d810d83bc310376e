/* SPDX-License-Identifier: MIT */
#include "harness/probes/cpu_times.h"

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
    *out = (struct pb_cpu_times){.busy = v[USER] + v[NICE] + v[SYSTEM],
                                 .interrupts = v[IRQ] + v[SOFTIRQ],
                                 .idle = v[IDLE] + v[IOWAIT],
                                 .steal = v[STEAL]};
    return true;
}
