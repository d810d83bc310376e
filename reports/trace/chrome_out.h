/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_CHROME_OUT_H
#define PB_TRACE_CHROME_OUT_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Writes the JSON Object Format of Chrome's trace events, which Perfetto and chrome://tracing open,
 * to a descriptor, piece by piece. Times are nanoseconds from any common zero; the format's own
 * unit is microseconds. The first error of writing is kept for the close.
 */
struct pb_chrome_out {
    struct pb_buf buf;
    int fd; /* not owned; -1: all stays in buf */
    bool has_events;
    struct pb_err err;
};

void pb_chrome_open(struct pb_chrome_out *out, int fd);
/* Ends the document; -1 when something could not be written. The buffer is released unless fd is
 * -1. */
int pb_chrome_close(struct pb_chrome_out *out, struct pb_err *err) PB_MUST_CHECK;

void pb_chrome_process(struct pb_chrome_out *out, int64_t pid, const char *name, int sort_index);
void pb_chrome_thread(struct pb_chrome_out *out, int64_t pid, int64_t tid, const char *name);
/* `args`: the members of a JSON object without braces, or NULL. */
void pb_chrome_slice(struct pb_chrome_out *out, int64_t pid, int64_t tid, const char *name,
                     const char *category, int64_t begin_ns, int64_t duration_ns, const char *args);
void pb_chrome_instant(struct pb_chrome_out *out, int64_t pid, int64_t tid, const char *name,
                       int64_t time_ns);
void pb_chrome_counter(struct pb_chrome_out *out, int64_t pid, const char *name, int64_t time_ns,
                       double value);
#endif
