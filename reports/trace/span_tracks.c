/* SPDX-License-Identifier: MIT */
/* The installer's own spans. Those of threads stay on a track for each thread; asynchronous ones,
 * which overlap, are laid on as many lanes of their name as needed. */
#include "reports/trace/tracks.h"

#include "base/mem.h"
#include "reports/trace/spans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lane {
    const char *name;
    int number;
    int64_t free_ns;
};
struct lanes {
    struct lane *items;
    size_t n;
};

/* The first lane of that name which is free; its index is its track. */
static struct lane *lane_for(struct lanes *lanes, const struct pb_trace_span *span)
{
    int number = 1;
    for (size_t i = 0; i < lanes->n; i++) {
        if (strcmp(lanes->items[i].name, span->name) != 0) continue;
        if (lanes->items[i].free_ns <= span->begin_ns) return &lanes->items[i];
        number++;
    }
    lanes->items = pb_realloc(lanes->items, (lanes->n + 1) * sizeof *lanes->items);
    lanes->items[lanes->n] = (struct lane){.name = span->name, .number = number};
    return &lanes->items[lanes->n++];
}

static void put_span(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                     struct lanes *lanes, const struct pb_trace_span *span)
{
    PB_AUTO_BUF struct pb_buf args = PB_BUF_INIT((size_t)64 << 10);
    int64_t tid = span->tid;
    if (tid == 0) {
        struct lane *lane = lane_for(lanes, span);
        lane->free_ns = span->end_ns;
        tid = PB_TRACE_TID_MAX + (lane - lanes->items);
    }
    if (span->args) pb_json_print(span->args, &args);
    if (args.n >= 2) args.p[args.n - 1] = '\0'; /* without its braces */
    bool plain = strpbrk(span->category, "\"\\") == NULL;
    pb_chrome_slice(out, place->pid_base + PB_TRACE_PID_STAGES, tid, span->name,
                    plain ? span->category : "stage", span->begin_ns - place->zero_ns,
                    span->end_ns - span->begin_ns,
                    args.n >= 2 && pb_buf_ok(&args) ? args.p + 1 : NULL);
}

static const char *name_by_installer(const cJSON *events, int64_t tid)
{
    const cJSON *event;
    cJSON_ArrayForEach (event, events) {
        const char *ph = pb_json_cstr(event, "ph"), *what = pb_json_cstr(event, "name");
        if (ph && strcmp(ph, "M") == 0 && what && strcmp(what, "thread_name") == 0 &&
            pb_json_num(event, "tid", 0) == (double)tid)
            return pb_json_cstr(pb_json_get(event, "args"), "name");
    }
    return NULL;
}

static const char *name_by_kernel(const struct pb_trace_timeline *timeline, int64_t tid)
{
    for (size_t i = 0; i < timeline->thread_count; i++)
        if (timeline->threads[i].tid == tid) return timeline->threads[i].name;
    return NULL;
}

/* A thread is called as the installer says, else as the kernel says, else by its number: in a
 * container the installer numbers its threads in another way than the kernel's timeline does. */
static void name_threads(struct pb_chrome_out *out, int64_t pid, const struct pb_trace_spans *spans,
                         const cJSON *events, const struct pb_trace_timeline *timeline)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_map seen = PB_MAP_INIT;
    for (size_t i = 0; i < spans->n; i++) {
        int64_t tid = spans->items[i].tid;
        char number[32];
        snprintf(number, sizeof number, "thread %lld", (long long)tid);
        if (tid == 0 || pb_map_has(&seen, pb_str(number))) continue;
        (void)pb_map_put(&seen, pb_arena_str(&arena, pb_str(number)), &seen);
        const char *name = name_by_installer(events, tid);
        if (!name) name = name_by_kernel(timeline, tid);
        pb_chrome_thread(out, pid, tid, name ? name : number);
    }
    pb_map_release(&seen);
    pb_arena_release(&arena);
}

static void name_lanes(struct pb_chrome_out *out, int64_t pid, const struct lanes *lanes)
{
    for (size_t i = 0; i < lanes->n; i++) {
        char name[128];
        snprintf(name, sizeof name, "%.100s %d", lanes->items[i].name, lanes->items[i].number);
        pb_chrome_thread(out, pid, PB_TRACE_TID_MAX + (int64_t)i, name);
    }
}

void pb_trace_put_spans(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                        const cJSON *trace, const struct pb_trace_timeline *timeline)
{
    char name[128];
    int64_t pid = place->pid_base + PB_TRACE_PID_STAGES;
    const cJSON *events = pb_json_get(trace, "traceEvents");
    struct pb_trace_spans spans;
    struct lanes lanes = {0};
    pb_trace_spans_read(&spans, trace);
    for (size_t i = 0; i < spans.n; i++)
        put_span(out, place, &lanes, &spans.items[i]);
    snprintf(name, sizeof name, "%sstages", place->prefix);
    pb_chrome_process(out, pid, name, place->sort_base + 1);
    name_threads(out, pid, &spans, events, timeline);
    name_lanes(out, pid, &lanes);
    free(lanes.items);
    pb_trace_spans_release(&spans);
}
