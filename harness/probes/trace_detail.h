/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_DETAIL_H
#define PB_TRACE_DETAIL_H

#include "base/buf.h"
#include "harness/probes/collector.h"
#include "harness/probes/stack_trace.h"
#include "harness/probes/time_class.h"

/*
 * What a traced sample found, as the JSON object that its journal line keeps under "detail":
 *   sched     {"off_cpu":[{"reason":"futex","ns":1,"count":1},...],
 *              "run_queue":{"ns":1,"count":1,"p50_us":1,"p99_us":1,"at_least_us":[[1,10],...]},
 *              "gaps":{"arrivals_rebuilt":0,"wakeups_unseen":0,"departures_unseen":0}}
 *             by falling time; each pair of at_least_us is a bucket's lower bound and its count,
 *             the percentiles are upper bounds of their buckets; "gaps": struct pb_switch_gaps
 *   syscalls  {"syscalls":[{"name":"openat","count":1,"errors":0,"ns":1},...],
 *              "io_uring":[{"name":"openat","count":1},...], "files":{"opened":1,...}}
 *             by falling time; "files" counts calls that succeeded and requests through io_uring
 *   timeline  {"file":"trace/....timeline","events":1,"lost":0,"gaps":{...},
 *             "wall":{"cpu_ns":1,"run_queue_ns":1,...},"requests":"trace/....json",
 *             "spans":"trace/....json"}
 *             "wall": pb_timeline_split() of time_class.h; null, with "wall_missing" as the reason,
 *             where it could not be had;
 *             the files are named as below the result folder; "requests": the registry's log
 *             (fixtures/registry/request_log.h), where it was replayed; "spans": the manager's own
 *             stages, where it tells them
 *   stacks    {"cpu":{"file":"trace/....cpu.folded","ns":1,"samples":1,"stacks_cut":0,"frames":1,
 *             "frames_named":1},"off_cpu":{...},"waits":1,"lost":0}
 *             struct pb_stack_summary of stack_trace.h; the files hold folded stacks
 */
struct pb_trace_files {
    const char *timeline, *requests, *spans; /* NULL: there is none */
    const char *cpu_stacks, *off_cpu_stacks;
    /* Where they are now. */
    const char *timeline_path, *cpu_stacks_path, *off_cpu_stacks_path;
};
/* How the wall time of a timeline was spent, or why that is not known. */
struct pb_trace_wall {
    uint64_t ns[PB_TIME_CLASSES];
    const char *missing; /* NULL: it is known */
};

void pb_trace_sched_detail(const struct pb_sched_figures *figures, struct pb_buf *out);
void pb_trace_syscalls_detail(const struct pb_syscall_figures *figures, struct pb_buf *out);
void pb_trace_timeline_detail(const struct pb_trace_files *files,
                              const struct pb_timeline_summary *summary,
                              const struct pb_trace_wall *wall, struct pb_buf *out);
void pb_trace_stacks_detail(const struct pb_trace_files *files,
                            const struct pb_stack_summary *summary, struct pb_buf *out);

#endif
