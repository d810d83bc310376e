/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_THREADS_H
#define PB_TRACE_THREADS_H

#include "base/err.h"
#include "harness/probes/timeline.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A timeline in memory, sorted for reading: its events by time, and its threads with their names.
 */
struct pb_trace_thread {
    uint32_t pid, tid, parent_tid; /* parent_tid 0: the command, or begun before the timeline */
    char name[17];                 /* the latest; "" when none was told */
};

struct pb_trace_timeline {
    struct pb_timeline_header header;
    struct pb_timeline_event *events;
    size_t event_count;
    struct pb_trace_thread *threads; /* by tid */
    size_t thread_count;
};

/* Reads a whole file. The result must be released, also after a failure. A timeline of more than
 * PB_TRACE_EVENTS_MAX events is an error. */
#define PB_TRACE_EVENTS_MAX ((size_t)50000000)
int pb_trace_timeline_read(struct pb_trace_timeline *out, const char *path,
                           struct pb_err *err) PB_MUST_CHECK;
void pb_trace_timeline_release(struct pb_trace_timeline *timeline);

/* Sorts the events and finds the threads; for events that were put in by hand. */
void pb_trace_timeline_index(struct pb_trace_timeline *timeline);

/* NULL when no event names it. */
const struct pb_trace_thread *pb_trace_thread_find(const struct pb_trace_timeline *timeline,
                                                   uint32_t tid);
/* Never NULL. */
const char *pb_trace_thread_name(const struct pb_trace_timeline *timeline, uint32_t tid);

#endif
