/* SPDX-License-Identifier: MIT */
#include "reports/trace/flame.h"

#include "harness/probes/trace_names.h"

struct frames {
    const char *names[PB_FLAME_DEPTH_MAX];
    size_t n;
};

/* The processes from the command down to that of the thread, by who forked whom. */
static void put_processes(struct frames *frames, const struct pb_trace_timeline *t, uint32_t pid)
{
    uint32_t chain[PB_FLAME_DEPTH_MAX - 4];
    size_t n = 0;
    while (pid && n < sizeof chain / sizeof *chain) {
        chain[n++] = pid;
        const struct pb_trace_thread *leader = pb_trace_thread_find(t, pid);
        const struct pb_trace_thread *parent =
            leader ? pb_trace_thread_find(t, leader->parent_tid) : NULL;
        pid = parent ? parent->pid : 0;
    }
    while (n > 0)
        frames->names[frames->n++] = pb_trace_thread_name(t, chain[--n]);
}

static void add(struct pb_flame *flame, const struct pb_trace_timeline *t,
                const struct pb_timeline_event *e, const char *what, uint64_t ns)
{
    struct frames frames = {.n = 0};
    put_processes(&frames, t, e->pid);
    frames.names[frames.n++] = e->tid == e->pid ? "main thread" : pb_trace_thread_name(t, e->tid);
    frames.names[frames.n++] = what;
    pb_flame_add(flame, frames.names, frames.n, (int64_t)ns);
}

void pb_flame_add_waits(struct pb_flame *flame, const struct pb_trace_timeline *t)
{
    for (size_t i = 0; i < t->event_count; i++) {
        const struct pb_timeline_event *e = &t->events[i];
        if (e->kind != PB_TIMELINE_SLEEP) continue;
        if (e->duration_ns) add(flame, t, e, pb_off_reason(e->key), e->duration_ns);
        if (e->value) add(flame, t, e, "run queue", e->value);
    }
}
