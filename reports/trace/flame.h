/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_FLAME_H
#define PB_TRACE_FLAME_H

#include "base/arena.h"
#include "base/buf.h"
#include "reports/trace/threads.h"

/*
 * A flame graph: time summed by stacks of frames (Brendan Gregg's format). The frames are the chain
 * of processes, the thread, and then the functions of a stack, or what the thread waited for. A
 * kernel function ends in "_[k]", code that a program made at run time in "_[j]".
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
#define PB_FLAME_DEPTH_MAX 256

void pb_flame_release(struct pb_flame *flame);
/* `frames` from the root on; at most PB_FLAME_DEPTH_MAX count. What would take the whole above
 * INT64_MAX is left out. */
void pb_flame_add(struct pb_flame *flame, const char *const *frames, size_t n, int64_t ns);

/* The time of each thread off the CPU, by reason; the wait for a CPU is "run queue". */
void pb_flame_add_waits(struct pb_flame *flame, const struct pb_trace_timeline *timeline);
/* Folded stacks; a line that is none fails as BAD_INPUT with its number. */
int pb_flame_add_folded(struct pb_flame *flame, struct pb_str text,
                        struct pb_err *err) PB_MUST_CHECK;

/* "process;thread;reason 123" lines in microseconds, largest first; what flame graph tools read. */
void pb_flame_folded(const struct pb_flame *flame, struct pb_buf *out);
/* One SVG file. Frames below a thousandth of the whole are left out and said to be. `note` stands
 * beside the sum of the time; NULL: none. */
void pb_flame_svg(const struct pb_flame *flame, const char *title, const char *note,
                  struct pb_buf *out);

#endif
