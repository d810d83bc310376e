/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_DETAIL_H
#define PB_TRACE_DETAIL_H

#include "base/buf.h"
#include "harness/probes/collector.h"

/*
 * What a traced sample found, as the JSON object that its journal line keeps under "detail":
 *   sched     {"off_cpu":[{"reason":"futex","ns":1,"count":1},...],
 *              "run_queue":{"ns":1,"count":1,"p50_us":1,"p99_us":1,"at_least_us":[[1,10],...]}}
 *             by falling time; each pair of at_least_us is a bucket's lower bound and its count,
 * the percentiles are upper bounds of their buckets syscalls
 * {"syscalls":[{"name":"openat","count":1,"errors":0,"ns":1},...],
 *              "io_uring":[{"name":"openat","count":1},...], "files":{"opened":1,...}}
 *             by falling time; "files" counts calls that succeeded and requests through io_uring
 *   timeline  {"file":"trace/....timeline","events":1,"lost":0}
 */
void pb_trace_sched_detail(const struct pb_sched_figures *figures, struct pb_buf *out);
void pb_trace_syscalls_detail(const struct pb_syscall_figures *figures, struct pb_buf *out);
void pb_trace_timeline_detail(const char *file, const struct pb_timeline_summary *summary,
                              struct pb_buf *out);

#endif
