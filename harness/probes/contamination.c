/* SPDX-License-Identifier: MIT */
#include "harness/probes/contamination.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEAL_MAX_PERCENT 1.0
#define OTHERS_MAX_PERCENT 10.0
#define WAITING_MAX_PERCENT 5.0
#define LEAST_TICKS_PER_CPU 10 /* a shorter sample says nothing in units of 10 ms */
#define LEAST_WINDOW_NS 50000000
#define SWAPPED_MAX_PAGES 256
#define CLOCK_STEP_NS 10000000

__attribute__((format(printf, 2, 3))) static void add(char out[PB_CONTAMINATION_BYTES],
                                                      const char *format, ...)
{
    size_t n = strlen(out);
    va_list ap;
    va_start(ap, format);
    if (n && n + 2 < PB_CONTAMINATION_BYTES) n += (size_t)sprintf(out + n, "; ");
    vsnprintf(out + n, PB_CONTAMINATION_BYTES - n, format, ap);
    va_end(ap);
}

/* Growth of a counter that may be unknown (-1) at either moment. */
static int64_t grown(int64_t before, int64_t after)
{
    return before < 0 || after < before ? 0 : after - before;
}

static void judge_cpu(const struct pb_machine_state *before, const struct pb_machine_state *after,
                      const struct pb_contamination_basis *b, char *out)
{
    if (!before->has_cpu || !after->has_cpu) return;
    double busy = (double)(after->cpu.busy - before->cpu.busy),
           steal = (double)(after->cpu.steal - before->cpu.steal),
           all = busy + steal + (double)(after->cpu.interrupts - before->cpu.interrupts) +
                 (double)(after->cpu.idle - before->cpu.idle);
    double own = (double)(b->own_ns + after->own_cpu_ns - before->own_cpu_ns);
    double others = busy - own / (double)b->ns_per_tick;
    if (all < (double)LEAST_TICKS_PER_CPU * b->cpus) return;
    if (100 * steal / all > STEAL_MAX_PERCENT)
        add(out, "the hypervisor took %.1f %% of the CPU time", 100 * steal / all);
    if (100 * others / all > OTHERS_MAX_PERCENT)
        add(out, "other programs used %.0f %% of the CPU time", 100 * others / all);
}

static void judge_idle_window(const struct pb_machine_state *from,
                              const struct pb_machine_state *to, char *out)
{
    static const char *const what[] = {"for a CPU", "for a disk", "for memory"};
    if (!from->at_ns || to->at_ns - from->at_ns < LEAST_WINDOW_NS) return;
    for (int i = 0; i < PB_PRESSURE_KINDS; i++) {
        double percent = 100.0 * 1000 * (double)grown(from->stalled_us[i], to->stalled_us[i]) /
                         (double)(to->at_ns - from->at_ns);
        if (percent > WAITING_MAX_PERCENT)
            add(out, "other programs waited %s %.0f %% of the time before it", what[i],
                percent > 100 ? 100 : percent);
    }
}

void pb_contamination(const struct pb_machine_state *idle_from,
                      const struct pb_machine_state *before, const struct pb_machine_state *after,
                      const struct pb_contamination_basis *basis, char out[PB_CONTAMINATION_BYTES])
{
    out[0] = '\0';
    judge_cpu(before, after, basis, out);
    judge_idle_window(idle_from, before, out);
    int64_t swapped = grown(before->swapped_pages, after->swapped_pages);
    if (swapped > SWAPPED_MAX_PAGES) add(out, "%" PRId64 " pages were swapped", swapped);
    if (grown(before->oom_kills, after->oom_kills))
        add(out, "a process was killed for want of memory");
    int64_t throttled = grown(before->throttled, after->throttled);
    if (throttled) add(out, "the CPUs were throttled %" PRId64 " times", throttled);
    int64_t step = after->wall_offset_ns - before->wall_offset_ns;
    if (llabs(step) > CLOCK_STEP_NS) add(out, "the clock was set by %.0f ms", (double)step / 1e6);
}
