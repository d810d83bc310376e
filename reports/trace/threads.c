/* SPDX-License-Identifier: MIT */
#include "reports/trace/threads.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int by_time(const void *a, const void *b)
{
    const struct pb_timeline_event *x = a, *y = b;
    if (x->time_ns != y->time_ns) return x->time_ns < y->time_ns ? -1 : 1;
    return 0;
}

static int by_tid(const void *a, const void *b)
{
    const struct pb_trace_thread *x = a, *y = b;
    return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static bool is_of_a_thread(const struct pb_timeline_event *event)
{
    return event->tid != 0 && event->kind != PB_TIMELINE_BLOCK && event->kind != PB_TIMELINE_RSS;
}

/* One thread per tid. A number that the kernel gave out twice within one sample is one track. */
static void find_threads(struct pb_trace_timeline *t)
{
    t->threads = pb_calloc(t->event_count + 1, sizeof *t->threads);
    for (size_t i = 0; i < t->event_count; i++) {
        const struct pb_timeline_event *event = &t->events[i];
        if (is_of_a_thread(event))
            t->threads[t->thread_count++] =
                (struct pb_trace_thread){.pid = event->pid, .tid = event->tid};
    }
    qsort(t->threads, t->thread_count, sizeof *t->threads, by_tid);
    size_t kept = 0;
    for (size_t i = 0; i < t->thread_count; i++)
        if (kept == 0 || t->threads[i].tid != t->threads[kept - 1].tid)
            t->threads[kept++] = t->threads[i];
    t->thread_count = kept;
    t->threads = pb_realloc(t->threads, (kept + 1) * sizeof *t->threads);
}

static struct pb_trace_thread *find(const struct pb_trace_timeline *t, uint32_t tid)
{
    const struct pb_trace_thread key = {.tid = tid};
    return bsearch(&key, t->threads, t->thread_count, sizeof key, by_tid);
}

static void name_threads(struct pb_trace_timeline *t)
{
    for (size_t i = 0; i < t->event_count; i++) {
        const struct pb_timeline_event *event = &t->events[i];
        if (event->kind != PB_TIMELINE_NAME && event->kind != PB_TIMELINE_FORK) continue;
        struct pb_trace_thread *thread = find(t, event->tid);
        if (!thread) continue;
        if (event->kind == PB_TIMELINE_NAME)
            pb_timeline_name(event, thread->name);
        else
            thread->parent_tid = (uint32_t)event->value;
    }
}

void pb_trace_timeline_index(struct pb_trace_timeline *t)
{
    qsort(t->events, t->event_count, sizeof *t->events, by_time);
    find_threads(t);
    name_threads(t);
}

static int read_events(struct pb_trace_timeline *t, struct pb_timeline_reader *reader,
                       const char *path, struct pb_err *err)
{
    size_t capacity = 0;
    for (int rc;;) {
        if (t->event_count == capacity) {
            capacity = capacity ? 2 * capacity : 4096;
            t->events = pb_realloc(t->events, capacity * sizeof *t->events);
        }
        rc = pb_timeline_next(reader, &t->events[t->event_count], err);
        if (rc <= 0) return rc;
        if (++t->event_count > PB_TRACE_EVENTS_MAX)
            return pb_err_set(err, PB_E_LIMIT, "read the timeline %s: more than %zu events", path,
                              PB_TRACE_EVENTS_MAX);
    }
}

int pb_trace_timeline_read(struct pb_trace_timeline *out, const char *path, struct pb_err *err)
{
    *out = (struct pb_trace_timeline){0};
    struct pb_timeline_reader *reader = pb_timeline_open(path, err);
    if (!reader) return -1;
    out->header = *pb_timeline_header(reader);
    int rc = read_events(out, reader, path, err);
    pb_timeline_close(reader);
    if (rc == 0) pb_trace_timeline_index(out);
    return rc;
}

void pb_trace_timeline_release(struct pb_trace_timeline *t)
{
    free(t->events);
    free(t->threads);
    *t = (struct pb_trace_timeline){0};
}

const struct pb_trace_thread *pb_trace_thread_find(const struct pb_trace_timeline *t, uint32_t tid)
{
    return find(t, tid);
}

const char *pb_trace_thread_name(const struct pb_trace_timeline *t, uint32_t tid)
{
    const struct pb_trace_thread *thread = find(t, tid);
    return thread && thread->name[0] ? thread->name : "?";
}
