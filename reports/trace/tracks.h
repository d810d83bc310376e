/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_TRACKS_H
#define PB_TRACE_TRACKS_H

#include "reports/trace/chrome_out.h"
#include "reports/trace/threads.h"

#include "base/json.h"

/*
 * The tracks of one round in a trace. Its times begin at `zero_ns` (CLOCK_MONOTONIC); `pid_base`
 * and `prefix` keep the processes of several rounds apart.
 */
struct pb_trace_round_place {
    const char *prefix; /* "median " */
    int64_t pid_base;
    int sort_base;
    int64_t zero_ns;
};

/* Below pid_base + this are real process numbers; from it on the tracks that are not a process. */
enum {
    PB_TRACE_PID_SPAN = 100000000,
    PB_TRACE_PID_DISK = 90000000,
    PB_TRACE_PID_REGISTRY,
    PB_TRACE_PID_MEMORY,
    PB_TRACE_PID_STAGES
};

/* Processes and threads with what each does or waits for; disk requests; resident memory; how many
 * threads run. */
void pb_trace_put_timeline(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                           const struct pb_trace_timeline *timeline);

/* How many CPUs the processes use over time; part of the above. */
void pb_trace_put_cpu_counter(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                              const struct pb_trace_timeline *timeline);

/* The registry's request log (fixtures/registry/request_log.h): a track for each connection. */
void pb_trace_put_requests(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                           const cJSON *log);

/* The installer's own spans: a Chrome trace on the same clock, in microseconds. Threads that it
 * does not name are called as in the timeline. */
void pb_trace_put_spans(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                        const cJSON *trace, const struct pb_trace_timeline *timeline);

#endif
