/* SPDX-License-Identifier: MIT */
#include "reports/trace/tracks.h"

#include "harness/probes/trace_names.h"

#include <stdio.h>
#include <string.h>

#define DISK_LANES 64

struct put {
    struct pb_chrome_out *out;
    const struct pb_trace_round_place *place;
    const struct pb_trace_timeline *timeline;
    int64_t disk_free_ns[DISK_LANES]; /* when the lane's latest request ends */
};

static int64_t at(const struct put *p, uint64_t time_ns)
{
    return (int64_t)time_ns - p->place->zero_ns;
}

static int64_t pid_of(const struct put *p, const struct pb_timeline_event *event)
{
    return p->place->pid_base + event->pid;
}

static void put_process(struct put *p, int64_t pid, const char *name, int sort)
{
    char text[128];
    snprintf(text, sizeof text, "%s%s", p->place->prefix, name);
    pb_chrome_process(p->out, pid, text, p->place->sort_base + sort);
}

static void put_names(struct put *p)
{
    const struct pb_trace_timeline *t = p->timeline;
    for (size_t i = 0; i < t->thread_count; i++) {
        const struct pb_trace_thread *thread = &t->threads[i];
        int64_t pid = p->place->pid_base + thread->pid;
        if (thread->pid == thread->tid)
            put_process(p, pid, pb_trace_thread_name(t, thread->tid), 10);
        pb_chrome_thread(p->out, pid, thread->tid, pb_trace_thread_name(t, thread->tid));
    }
    put_process(p, p->place->pid_base + PB_TRACE_PID_MEMORY, "memory and CPU", 0);
    put_process(p, p->place->pid_base + PB_TRACE_PID_DISK, "disk", 3);
}

static void put_run(struct put *p, const struct pb_timeline_event *e)
{
    char args[32];
    snprintf(args, sizeof args, "\"cpu\":%u", e->cpu);
    pb_chrome_slice(p->out, pid_of(p, e), e->tid, "on CPU", "cpu", at(p, e->time_ns),
                    (int64_t)e->duration_ns, args);
}

/* The sleep itself, and the wait for a CPU after it. */
static void put_sleep(struct put *p, const struct pb_timeline_event *e)
{
    int64_t begin_ns = at(p, e->time_ns), slept_ns = (int64_t)e->duration_ns;
    if (slept_ns > 0) {
        const char *reason = pb_off_reason(e->key), *call = pb_syscall_name(PB_OFF_SYSCALL(e->key));
        char args[64];
        snprintf(args, sizeof args, "\"call\":\"%s\"", call ? call : "");
        pb_chrome_slice(p->out, pid_of(p, e), e->tid, reason, "wait", begin_ns, slept_ns,
                        call ? args : NULL);
    }
    if (e->value > 0)
        pb_chrome_slice(p->out, pid_of(p, e), e->tid, "run queue", "wait", begin_ns + slept_ns,
                        (int64_t)e->value, NULL);
}

static void name_disk_lanes(struct put *p)
{
    for (int lane = 0; lane < DISK_LANES && p->disk_free_ns[lane]; lane++) {
        char name[32];
        snprintf(name, sizeof name, "requests %d", lane + 1);
        pb_chrome_thread(p->out, p->place->pid_base + PB_TRACE_PID_DISK, lane + 1, name);
    }
}

/* Requests overlap; each takes the first lane that is free. */
static void put_block(struct put *p, const struct pb_timeline_event *e)
{
    int64_t begin_ns = at(p, e->time_ns);
    int lane = 0;
    while (lane < DISK_LANES - 1 && p->disk_free_ns[lane] > begin_ns)
        lane++;
    p->disk_free_ns[lane] = begin_ns + (int64_t)e->duration_ns;
    char args[48];
    snprintf(args, sizeof args, "\"bytes\":%llu", (unsigned long long)e->value);
    pb_chrome_slice(p->out, p->place->pid_base + PB_TRACE_PID_DISK, lane + 1,
                    e->key ? "write" : "read", "disk", begin_ns, (int64_t)e->duration_ns, args);
}

static void put_connect(struct put *p, const struct pb_timeline_event *e)
{
    unsigned char a[4]; /* network order */
    char name[64];
    uint32_t address = (uint32_t)e->value;
    memcpy(a, &address, sizeof a);
    if (address)
        snprintf(name, sizeof name, "connect %u.%u.%u.%u:%u", a[0], a[1], a[2], a[3], e->key);
    else
        snprintf(name, sizeof name, "connect [IPv6]:%u", e->key);
    pb_chrome_instant(p->out, pid_of(p, e), e->tid, name, at(p, e->time_ns));
}

static void put_event(struct put *p, const struct pb_timeline_event *e)
{
    switch ((enum pb_timeline_kind)e->kind) {
    case PB_TIMELINE_RUN:
        put_run(p, e);
        break;
    case PB_TIMELINE_SLEEP:
        put_sleep(p, e);
        break;
    case PB_TIMELINE_BLOCK:
        put_block(p, e);
        break;
    case PB_TIMELINE_RSS:
        pb_chrome_counter(p->out, p->place->pid_base + PB_TRACE_PID_MEMORY, "resident MB",
                          at(p, e->time_ns), (double)e->value / 1e6);
        break;
    case PB_TIMELINE_CONNECT:
        put_connect(p, e);
        break;
    case PB_TIMELINE_EXIT:
        pb_chrome_instant(p->out, pid_of(p, e), e->tid, "exit", at(p, e->time_ns));
        break;
    case PB_TIMELINE_FORK:
    case PB_TIMELINE_NAME:
        break; /* told by the names */
    }
}

void pb_trace_put_timeline(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                           const struct pb_trace_timeline *timeline)
{
    struct put p = {.out = out, .place = place, .timeline = timeline};
    put_names(&p);
    for (size_t i = 0; i < timeline->event_count; i++)
        put_event(&p, &timeline->events[i]);
    name_disk_lanes(&p);
    pb_trace_put_cpu_counter(out, place, timeline);
}
