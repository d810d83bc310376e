/* SPDX-License-Identifier: MIT */
#ifndef PL_TRACE_H
#define PL_TRACE_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/*
 * plumb's own stage spans (--trace FILE), on CLOCK_MONOTONIC, as Chrome trace events: Perfetto and
 * chrome://tracing open the file, and `phasebench trace` shows it beside what the kernel saw.
 * Any thread may add. A NULL trace takes everything and does nothing.
 */
struct pl_trace;

struct pl_trace *pl_trace_new(void);
void pl_trace_free(struct pl_trace *trace);

/* Now, or 0 without a trace: for the begin of a span. */
int64_t pl_trace_begin(const struct pl_trace *trace);
/* What this thread did from `begin_ns` until now. `stage` is a literal; `label` (a package) is
 * copied and may be empty. */
void pl_trace_end(struct pl_trace *trace, const char *stage, struct pb_str label, int64_t begin_ns);
/* The same for what no thread does, like a download: spans may overlap. */
void pl_trace_end_waiting(struct pl_trace *trace, const char *stage, struct pb_str label,
                          int64_t begin_ns);

/* Replaces the file. After the last end. */
int pl_trace_write(struct pl_trace *trace, const char *path, struct pb_err *err) PB_MUST_CHECK;

#endif
