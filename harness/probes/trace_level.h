/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_LEVEL_H
#define PB_TRACE_LEVEL_H

#include "harness/probes/instruments.h"
#include "harness/probes/trace_detail.h"

/*
 * A deep level of one extra sample: what it adds to the usual figures costs time, so such a sample
 * is marked as traced and never counts as timing. The group of a level is also its probe group's
 * name ("sched", "syscalls", "timeline").
 */
enum pb_trace_level { PB_TRACE_SCHED, PB_TRACE_SYSCALLS, PB_TRACE_TIMELINE, PB_TRACE_COUNT };

const char *pb_trace_name(enum pb_trace_level level);
/* False when there is no such level. */
bool pb_trace_by_name(const char *name, enum pb_trace_level *out);
enum pb_collector_group pb_trace_group(enum pb_trace_level level);

/* Around one sample, with instruments that were opened with the level's group. `timeline_path` is
 * the file that the timeline level writes. The detail (trace_detail.h) is in the arena. */
int pb_trace_begin(struct pb_instruments *instruments, enum pb_trace_level level,
                   const char *timeline_path, struct pb_err *err) PB_MUST_CHECK;
/* Also to be called after a sample that failed. `files`: those of a timeline as the detail names
 * them. */
const char *pb_trace_end(struct pb_arena *arena, struct pb_instruments *instruments,
                         enum pb_trace_level level, const struct pb_trace_files *files,
                         struct pb_err *err);

#endif
