/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_LEVEL_H
#define PB_TRACE_LEVEL_H

#include "harness/probes/instruments.h"
#include "harness/probes/trace_detail.h"

/*
 * A deep level of one extra sample: what it adds to the usual figures costs time, so such a sample
 * is marked as traced and never counts as timing. A level has the name of its probe group
 * ("sched", "syscalls", "timeline", "stacks").
 */
enum pb_trace_level {
    PB_TRACE_SCHED,
    PB_TRACE_SYSCALLS,
    PB_TRACE_TIMELINE,
    PB_TRACE_STACKS,
    PB_TRACE_COUNT
};

const char *pb_trace_name(enum pb_trace_level level);
/* False when there is no such level. */
bool pb_trace_by_name(const char *name, enum pb_trace_level *out);
/* All levels, for a message: "sched, syscalls, timeline, stacks". */
const char *pb_trace_names(void);
/* The groups of the collector (bits) that the level's instruments are opened with. */
unsigned pb_trace_groups(enum pb_trace_level level);
/* Whether these instruments cannot give the level; then `out` says why. */
bool pb_trace_is_lost(const struct pb_instruments *instruments, enum pb_trace_level level,
                      struct pb_loss *out);

/* Around one sample, with instruments that were opened with the level's groups. `files` are those
 * that the level writes. The detail (trace_detail.h) is in the arena. */
int pb_trace_begin(struct pb_instruments *instruments, enum pb_trace_level level,
                   const struct pb_trace_files *files, struct pb_err *err) PB_MUST_CHECK;
/* Also to be called after a sample that failed. */
const char *pb_trace_end(struct pb_arena *arena, struct pb_instruments *instruments,
                         enum pb_trace_level level, const struct pb_trace_files *files,
                         struct pb_err *err);

#endif
