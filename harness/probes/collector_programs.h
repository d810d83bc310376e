/* SPDX-License-Identifier: MIT */
#ifndef PB_COLLECTOR_PROGRAMS_H
#define PB_COLLECTOR_PROGRAMS_H

#include "harness/probes/collector.h"

struct btf;

/* One row for each program of the BPF object. */
struct pb_collector_program {
    const char *name;
    const char *tracepoint; /* which the kernel must have; NULL: none */
    enum {
        PB_PROGRAM_AT_TRACEPOINT,
        PB_PROGRAM_AT_CGROUP,
        PB_PROGRAM_AT_TICK, /* the timers' tracepoint, where the scheduler's tick is one of them */
        PB_PROGRAM_AT_CLOCK /* elsewhere: of the first CPU, every PB_PROGRAM_CLOCK_NS */
    } place;
    enum pb_collector_group group;
    unsigned args_min, args_max; /* of the tracepoint, as the program was written for */
    enum {
        PB_PROGRAM_REQUIRED,
        PB_PROGRAM_OPTIONAL /* makes the group's figures better, but they hold without it */
    } need;
};
enum { PB_COLLECTOR_PROGRAMS_MAX = 24, PB_PROGRAM_CLOCK_NS = 4000000 };
extern const struct pb_collector_program pb_collector_programs[];
extern const size_t pb_collector_program_count;

/* Whether it is for machines whose timers have a high resolution, or a low one. */
bool pb_collector_program_is_for(const struct pb_collector_program *program, bool high_resolution);

/* Whether the running kernel has the tracepoint with that many arguments; else names the loss. */
bool pb_collector_program_fits(const struct pb_collector_program *program, const struct btf *kernel,
                               struct pb_loss *loss);

#endif
