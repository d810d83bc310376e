/* SPDX-License-Identifier: MIT */
#ifndef PB_MADE_TIMELINE_H
#define PB_MADE_TIMELINE_H

#include "base/mem.h"
#include "reports/trace/threads.h"

#include <string.h>
#include <sys/syscall.h>

#define MS 1000000ull
#define ZERO_NS (1000 * MS)

static inline struct pb_timeline_event name_event(uint64_t ms, uint32_t pid, uint32_t tid,
                                                  const char *name)
{
    struct pb_timeline_event e = {
        .time_ns = ZERO_NS + ms * MS, .pid = pid, .tid = tid, .kind = PB_TIMELINE_NAME};
    char text[16] = {0};
    strncpy(text, name, sizeof text - 1);
    memcpy(&e.duration_ns, text, 8);
    memcpy(&e.value, text + 8, 8);
    return e;
}

/* A command (10) with a worker thread (11) and a child process (20); unsorted on purpose. */
static inline void make_timeline(struct pb_trace_timeline *t)
{
    const uint32_t futex = PB_OFF_KEY(SYS_futex, 0, 0);
    const struct pb_timeline_event events[] = {
        {ZERO_NS + 40 * MS, 5 * MS, 2 * MS, 10, 11, PB_TIMELINE_SLEEP, 0, futex},
        name_event(0, 10, 10, "sh"),
        name_event(1, 10, 10, "installer"),
        {ZERO_NS + 2 * MS, 0, 10, 10, 11, PB_TIMELINE_FORK, 0, 0},
        name_event(2, 10, 11, "worker"),
        {ZERO_NS + 3 * MS, 0, 11, 20, 20, PB_TIMELINE_FORK, 0, 0},
        name_event(3, 20, 20, "node"),
        {ZERO_NS + 4 * MS, 6 * MS, 0, 20, 20, PB_TIMELINE_RUN, 1, 0},
        {ZERO_NS + 5 * MS, 30 * MS, 0, 10, 11, PB_TIMELINE_RUN, 0, 0},
        {ZERO_NS + 12 * MS, 4 * MS, 4096, 10, 11, PB_TIMELINE_BLOCK, 0, 1},
        {ZERO_NS + 13 * MS, 4 * MS, 8192, 10, 11, PB_TIMELINE_BLOCK, 0, 0},
        {ZERO_NS + 20 * MS, 0, 64000000, 10, 11, PB_TIMELINE_RSS, 0, 0},
        {ZERO_NS + 8 * MS, 0, 0x0100007f, 10, 11, PB_TIMELINE_CONNECT, 0, 4873},
        {ZERO_NS + 50 * MS, 0, 0, 10, 10, PB_TIMELINE_EXIT, 0, 0},
    };
    *t = (struct pb_trace_timeline){.event_count = sizeof events / sizeof *events,
                                    .header.started_ns = ZERO_NS};
    t->events = pb_calloc(t->event_count, sizeof *t->events);
    memcpy(t->events, events, sizeof events);
    pb_trace_timeline_index(t);
}

#endif
