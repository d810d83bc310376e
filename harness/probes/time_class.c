/* SPDX-License-Identifier: MIT */
#include "harness/probes/time_class.h"

#include "base/mem.h"
#include "harness/probes/timeline.h"
#include "harness/probes/trace_names.h"

#include <stdlib.h>
#include <string.h>

const char *pb_time_class_name(enum pb_time_class time_class)
{
    static const char *const names[PB_TIME_CLASSES] = {"cpu",     "run_queue", "disk",
                                                       "network", "locks",     "other"};
    return names[time_class];
}

enum pb_time_class pb_time_class_of_reason(const char *reason)
{
    static const struct {
        const char *reason;
        enum pb_time_class time_class;
    } classes[] = {
        {"runnable", PB_TIME_RUN_QUEUE}, {"disk", PB_TIME_DISK},     {"sync", PB_TIME_DISK},
        {"file", PB_TIME_DISK},          {"epoll", PB_TIME_NETWORK}, {"poll", PB_TIME_NETWORK},
        {"socket", PB_TIME_NETWORK},     {"futex", PB_TIME_LOCKS},   {"lock", PB_TIME_LOCKS},
        {"memory", PB_TIME_LOCKS},
    };
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcmp(classes[i].reason, reason) == 0) return classes[i].time_class;
    return PB_TIME_OTHER;
}

/* A thread enters a class, or leaves it. */
struct edge {
    uint64_t time_ns;
    int8_t time_class, step;
};
struct edges {
    struct edge *items;
    size_t n, capacity;
};

static void add_stretch(struct edges *edges, uint64_t begin_ns, uint64_t length_ns,
                        enum pb_time_class time_class)
{
    if (length_ns == 0) return;
    if (edges->n + 2 > edges->capacity) {
        edges->capacity = edges->capacity ? 2 * edges->capacity : 4096;
        edges->items = pb_realloc(edges->items, edges->capacity * sizeof *edges->items);
    }
    edges->items[edges->n++] = (struct edge){begin_ns, (int8_t)time_class, 1};
    edges->items[edges->n++] = (struct edge){begin_ns + length_ns, (int8_t)time_class, -1};
}

static int read_edges(struct pb_timeline_reader *reader, const char *path, struct edges *edges,
                      struct pb_err *err)
{
    struct pb_timeline_event e;
    int rc;
    while ((rc = pb_timeline_next(reader, &e, err)) > 0) {
        if (edges->n >= 2 * PB_TIMELINE_SPLIT_MAX)
            return pb_err_set(err, PB_E_LIMIT, "split the timeline %s: more than %zu stretches",
                              path, PB_TIMELINE_SPLIT_MAX);
        if (e.kind == PB_TIMELINE_RUN) add_stretch(edges, e.time_ns, e.duration_ns, PB_TIME_CPU);
        if (e.kind != PB_TIMELINE_SLEEP) continue;
        add_stretch(edges, e.time_ns, e.duration_ns, pb_time_class_of_reason(pb_off_reason(e.key)));
        add_stretch(edges, e.time_ns + e.duration_ns, e.value, PB_TIME_RUN_QUEUE);
    }
    return rc;
}

static int by_time(const void *a, const void *b)
{
    uint64_t x = ((const struct edge *)a)->time_ns, y = ((const struct edge *)b)->time_ns;
    return (x > y) - (x < y);
}

static void sweep(struct edges *edges, uint64_t ns[PB_TIME_CLASSES])
{
    size_t threads[PB_TIME_CLASSES] = {0};
    if (edges->n) qsort(edges->items, edges->n, sizeof *edges->items, by_time);
    for (size_t i = 0; i < edges->n; i++) {
        const struct edge *e = &edges->items[i];
        if (i > 0) {
            int now = 0;
            while (now < PB_TIME_OTHER && threads[now] == 0)
                now++;
            ns[now] += e->time_ns - edges->items[i - 1].time_ns;
        }
        threads[e->time_class] += (size_t)e->step;
    }
}

int pb_timeline_split(const char *path, uint64_t ns[PB_TIME_CLASSES], struct pb_err *err)
{
    struct edges edges = {0};
    memset(ns, 0, PB_TIME_CLASSES * sizeof *ns);
    struct pb_timeline_reader *reader = pb_timeline_open(path, err);
    if (!reader) return -1;
    int rc = read_edges(reader, path, &edges, err);
    pb_timeline_close(reader);
    if (rc == 0) sweep(&edges, ns);
    free(edges.items);
    return rc;
}
