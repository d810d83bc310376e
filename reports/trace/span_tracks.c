/* SPDX-License-Identifier: MIT */
#include "reports/trace/tracks.h"

#include <stdio.h>
#include <string.h>

/* Complete slices and names are taken over; whatever else an installer writes is left out. */
static bool is_wanted(const char *phase)
{
    return phase && (strcmp(phase, "X") == 0 || strcmp(phase, "M") == 0);
}

static bool is_process_name(const cJSON *event)
{
    const char *name = pb_json_cstr(event, "name");
    return name && strncmp(name, "process_", 8) == 0;
}

static void put_span(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                     const cJSON *event)
{
    PB_AUTO_BUF struct pb_buf args = PB_BUF_INIT((size_t)64 << 10);
    const char *name = pb_json_cstr(event, "name"), *category = pb_json_cstr(event, "cat");
    const cJSON *more = pb_json_get(event, "args");
    double begin_us = pb_json_num(event, "ts", 0), us = pb_json_num(event, "dur", 0);
    int64_t pid = place->pid_base + PB_TRACE_PID_STAGES;
    int64_t tid = (int64_t)pb_json_num(event, "tid", 0);
    if (!name) return;
    if (strcmp(pb_json_cstr(event, "ph"), "M") == 0) {
        const char *thread = pb_json_cstr(more, "name");
        if (thread) pb_chrome_thread(out, pid, tid, thread);
        return;
    }
    if (more) pb_json_print(more, &args);
    if (args.n >= 2) args.p[args.n - 1] = '\0'; /* without its braces */
    bool plain = category && strpbrk(category, "\"\\") == NULL;
    pb_chrome_slice(out, pid, tid, name, plain ? category : "stage",
                    (int64_t)(begin_us * 1000) - place->zero_ns, (int64_t)(us * 1000),
                    args.n >= 2 && pb_buf_ok(&args) ? args.p + 1 : NULL);
}

void pb_trace_put_spans(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                        const cJSON *trace)
{
    char name[128];
    const cJSON *event;
    cJSON_ArrayForEach (event, pb_json_get(trace, "traceEvents"))
        if (is_wanted(pb_json_cstr(event, "ph")) && !is_process_name(event))
            put_span(out, place, event);
    snprintf(name, sizeof name, "%sstages", place->prefix);
    pb_chrome_process(out, place->pid_base + PB_TRACE_PID_STAGES, name, place->sort_base + 1);
}
