/* SPDX-License-Identifier: MIT */
#ifndef PB_BPF_TIMELINE_EVENTS_H
#define PB_BPF_TIMELINE_EVENTS_H

/* Events for the timeline; nothing happens unless it is asked for. The harness sets the size. */
#include "tree.h"

#define RSS_STEP_PAGES 256

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096);
} timeline SEC(".maps");

static __always_inline void tell(const struct pb_timeline_event *event)
{
    if (!control.timeline) return;
    struct pb_timeline_event *slot = bpf_ringbuf_reserve(&timeline, sizeof *slot, 0);
    if (!slot) {
        __sync_fetch_and_add(&control.events_lost, 1);
        return;
    }
    *slot = *event;
    slot->cpu = (__u16)bpf_get_smp_processor_id();
    bpf_ringbuf_submit(slot, BPF_RB_NO_WAKEUP);
}

/* The stretch on a CPU that a task is in, unless it was told already. */
static __always_inline void tell_run(const struct task_struct *task, struct pb_task_state *state,
                                     __u64 now)
{
    if (!state->on_ns || !state->started) return;
    struct pb_timeline_event event = {.time_ns = state->on_ns,
                                      .duration_ns = now - state->on_ns,
                                      .pid = task->tgid,
                                      .tid = task->pid,
                                      .kind = PB_TIMELINE_RUN};
    tell(&event);
    state->on_ns = 0;
}

static __always_inline void tell_name(const struct task_struct *task, __u32 by_exec)
{
    if (!control.timeline) return;
    struct pb_timeline_event event = {.time_ns = bpf_ktime_get_ns(),
                                      .pid = task->tgid,
                                      .tid = task->pid,
                                      .kind = PB_TIMELINE_NAME,
                                      .key = by_exec};
    bpf_probe_read_kernel(&event.duration_ns, sizeof task->comm, task->comm);
    tell(&event);
}

#endif
