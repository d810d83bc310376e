/* SPDX-License-Identifier: MIT */
#include "reports/trace/tracks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Doubles hold these exactly: CLOCK_MONOTONIC stays below 2^53 ns for 104 days of uptime, and is a
 * microsecond off after that. */
static int64_t time_of(const cJSON *request, const char *key)
{
    double ns = pb_json_num(request, key, 0);
    return isfinite(ns) && ns > 0 && ns < 9e18 ? (int64_t)ns : 0;
}

static const char *short_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static void put_args(struct pb_buf *args, const cJSON *request, const char *path)
{
    pb_buf_add_cstr(args, "\"path\":");
    pb_buf_add_json(args, pb_str(path));
    pb_buf_printf(args, ",\"status\":%.0f,\"body_bytes\":%.0f", pb_json_num(request, "status", 0),
                  pb_json_num(request, "body_bytes", 0));
}

static void put_request(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                        const cJSON *request)
{
    int64_t pid = place->pid_base + PB_TRACE_PID_REGISTRY;
    int64_t tid = (int64_t)pb_json_num(request, "connection", 0);
    int64_t began_ns = time_of(request, "began_ns"), ended_ns = time_of(request, "ended_ns");
    int64_t answered_ns = time_of(request, "answered_ns");
    const char *path = pb_json_cstr(request, "path"), *kind = pb_json_cstr(request, "kind");
    if (!path || !kind || !began_ns || ended_ns < began_ns) return; /* broken off */
    PB_AUTO_BUF struct pb_buf args = PB_BUF_INIT((size_t)64 << 10);
    put_args(&args, request, path);
    pb_buf_add_char(&args, '\0');
    pb_chrome_slice(out, pid, tid, short_name(path), "request", began_ns - place->zero_ns,
                    ended_ns - began_ns, args.p);
    if (answered_ns > began_ns && ended_ns > answered_ns)
        pb_chrome_slice(out, pid, tid, "sending", "request", answered_ns - place->zero_ns,
                        ended_ns - answered_ns, NULL);
}

void pb_trace_put_requests(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                           const cJSON *log)
{
    char name[128];
    int64_t pid = place->pid_base + PB_TRACE_PID_REGISTRY;
    double connections = 0, lost = pb_json_num(log, "lost", 0);
    const cJSON *request;
    cJSON_ArrayForEach (request, pb_json_get(log, "requests")) {
        connections = fmax(connections, pb_json_num(request, "connection", 0));
        put_request(out, place, request);
    }
    snprintf(name, sizeof name, "%sregistry", place->prefix);
    if (lost > 0)
        snprintf(name, sizeof name, "%sregistry (%.0f requests lost)", place->prefix, lost);
    pb_chrome_process(out, pid, name, place->sort_base + 2);
    for (int i = 1; i <= (int)fmin(connections, 10000); i++) {
        snprintf(name, sizeof name, "connection %d", i);
        pb_chrome_thread(out, pid, i, name);
    }
}
