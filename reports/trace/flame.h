/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_FLAME_H
#define PB_TRACE_FLAME_H

#include "base/arena.h"
#include "base/buf.h"
#include "reports/trace/threads.h"

/*
 * A flame graph: time summed by stacks of frames (Brendan Gregg's format). The frames are the
 * chain of processes, the thread, and what it did or waited for; no stacks of functions, which the
 * probes do not take.
 */
struct pb_flame_node {
    const char *name;
    int64_t total_ns; /* its own and its children's */
    struct pb_flame_node *child, *next;
};
struct pb_flame {
    struct pb_arena arena;
    struct pb_flame_node root; /* without a name */
};

#define PB_FLAME_INIT ((struct pb_flame){.arena = PB_ARENA_INIT})
#define PB_FLAME_DEPTH_MAX 64

void pb_flame_release(struct pb_flame *flame);
/* `frames` from the root on; at most PB_FLAME_DEPTH_MAX count. What would take the whole above
 * INT64_MAX is left out. */
void pb_flame_add(struct pb_flame *flame, const char *const *frames, size_t n, int64_t ns);

enum pb_flame_kind {
    PB_FLAME_CPU,    /* time on a CPU */
    PB_FLAME_OFF_CPU /* time off it, by reason; the wait for a CPU is "run queue" */
};
void pb_flame_add_timeline(struct pb_flame *flame, const struct pb_trace_timeline *timeline,
                           enum pb_flame_kind kind);

/* "process;thread;reason 123" lines in microseconds, largest first; what flame graph tools read. */
void pb_flame_folded(const struct pb_flame *flame, struct pb_buf *out);
/* One SVG file. Frames below a thousandth of the whole are left out and said to be. */
void pb_flame_svg(const struct pb_flame *flame, const char *title, struct pb_buf *out);

#endif
