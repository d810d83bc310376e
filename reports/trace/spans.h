/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_SPANS_H
#define PB_TRACE_SPANS_H

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"

#include <stdint.h>

/* The spans that an installer wrote of itself, from a Chrome trace: those of threads ("X"), and
 * asynchronous ones ("b" and "e" with an id). What is broken or never ended is left out. */
struct pb_trace_span {
    const char *name, *category; /* of the document, which must outlive the spans */
    const cJSON *args;           /* NULL: none */
    int64_t begin_ns, end_ns;    /* on the document's clock */
    int64_t tid;                 /* 0: asynchronous */
};
struct pb_trace_spans {
    struct pb_trace_span *items; /* by begin; what encloses others comes before them */
    size_t n, capacity;
    struct pb_arena arena; /* the rest is for reading alone */
    struct pb_map open;
};

/* Thread numbers of spans are below this (PID_MAX_LIMIT of Linux is 4194304). */
#define PB_TRACE_TID_MAX 10000000
#define PB_TRACE_SPANS_MAX ((size_t)4000000)

void pb_trace_spans_read(struct pb_trace_spans *out, const cJSON *trace);
void pb_trace_spans_release(struct pb_trace_spans *spans);

#endif
