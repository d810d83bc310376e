/* SPDX-License-Identifier: MIT */
#include "reports/trace/tracks.h"

#include "base/mem.h"

#include <stdlib.h>

/* Beyond this many points a counter says no more and makes the file large. */
#define POINTS_MAX 2000

/* CPU time within each of equal pieces of the whole, as the number of CPUs in use. */
void pb_trace_put_cpu_counter(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                              const struct pb_trace_timeline *t)
{
    uint64_t first_ns = UINT64_MAX, last_ns = 0;
    for (size_t i = 0; i < t->event_count; i++) {
        const struct pb_timeline_event *e = &t->events[i];
        if (e->kind != PB_TIMELINE_RUN) continue;
        if (e->time_ns < first_ns) first_ns = e->time_ns;
        if (e->time_ns + e->duration_ns > last_ns) last_ns = e->time_ns + e->duration_ns;
    }
    if (last_ns <= first_ns) return;
    uint64_t step_ns = (last_ns - first_ns) / POINTS_MAX + 1000000;
    size_t n = (size_t)((last_ns - first_ns) / step_ns) + 1;
    uint64_t *busy_ns = pb_calloc(n, sizeof *busy_ns);
    for (size_t i = 0; i < t->event_count; i++) {
        const struct pb_timeline_event *e = &t->events[i];
        if (e->kind != PB_TIMELINE_RUN) continue;
        uint64_t from = e->time_ns - first_ns, to = from + e->duration_ns;
        for (size_t k = (size_t)(from / step_ns); k < n && from < to; k++) {
            uint64_t end = (k + 1) * step_ns < to ? (k + 1) * step_ns : to;
            busy_ns[k] += end - from;
            from = end;
        }
    }
    for (size_t k = 0; k < n; k++)
        pb_chrome_counter(out, place->pid_base + PB_TRACE_PID_MEMORY, "CPUs in use",
                          (int64_t)(first_ns + k * step_ns) - place->zero_ns,
                          (double)busy_ns[k] / (double)step_ns);
    free(busy_ns);
}
