/* SPDX-License-Identifier: MIT */
#ifndef PL_TRACE_H
#define PL_TRACE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/*
 * What `--trace FILE` writes: one span per package and stage, on CLOCK_MONOTONIC as the harness's
 * own trace, in the Chrome trace event format ("Trace Event Format", Google), which Perfetto and
 * chrome://tracing show. Jobs of threads are complete events ("X") of their thread; what waits for
 * the network overlaps freely and is a pair of async events ("b", "e").
 * Every call takes NULL for "no trace". Any thread.
 */
struct pl_trace;

enum pl_trace_kind { PL_TRACE_JOB, PL_TRACE_WAIT };

struct pl_trace *pl_trace_new(void);
void pl_trace_free(struct pl_trace *trace);

/* Now, or 0 without a trace. */
int64_t pl_trace_start(const struct pl_trace *trace);
/* A span that ends now. `stage` is a literal; `label` (the package) is copied. */
void pl_trace_end(struct pl_trace *trace, enum pl_trace_kind kind, const char *stage,
                  struct pb_str label, int64_t start_ns);

/* All spans as one JSON document; no other thread may add any more. */
void pl_trace_print(const struct pl_trace *trace, struct pb_buf *out);
int pl_trace_write(const struct pl_trace *trace, const char *path,
                   struct pb_err *err) PB_MUST_CHECK;

#endif
