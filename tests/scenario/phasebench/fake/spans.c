/* SPDX-License-Identifier: MIT */
/* The manager's own spans, where --trace=FILE asks for them: of its thread, and asynchronous ones,
 * as Chrome trace events on CLOCK_MONOTONIC. */
#include "fake.h"

#include "base/clock.h"
#include "base/fs.h"

#include <fcntl.h>
#include <unistd.h>

static const char *trace_path;
static struct pb_buf events;

void spans_begin(const char *path)
{
    trace_path = path;
    events = PB_BUF_INIT(16 << 20);
    pb_buf_printf(&events,
                  "{\"traceEvents\":[{\"ph\":\"M\",\"pid\":1,\"tid\":%d,"
                  "\"name\":\"thread_name\",\"args\":{\"name\":\"only thread\"}}",
                  (int)getpid());
}

static void add_event(const char *ph, const char *name, int64_t time_ns)
{
    pb_buf_printf(&events,
                  ",\n{\"ph\":\"%s\",\"cat\":\"fake\",\"pid\":%d,\"tid\":%d,\"name\":\"%s\","
                  "\"ts\":%.3f",
                  ph, (int)getpid(), (int)getpid(), name, (double)time_ns / 1e3);
}

void span(const char *name, const char *package, int64_t begin_ns)
{
    if (!trace_path) return;
    add_event("X", name, begin_ns);
    pb_buf_printf(&events, ",\"dur\":%.3f,\"args\":{\"package\":\"%s\"}}",
                  (double)(pb_now_ns() - begin_ns) / 1e3, package);
}

void span_async(const char *name, int id, int64_t begin_ns)
{
    if (!trace_path) return;
    add_event("b", name, begin_ns);
    pb_buf_printf(&events, ",\"id\":%d}", id);
    add_event("e", name, pb_now_ns());
    pb_buf_printf(&events, ",\"id\":%d}", id);
}

void spans_end(void)
{
    if (!trace_path) return;
    pb_buf_add_cstr(&events, "]}\n");
    if (pb_write_file(AT_FDCWD, trace_path, pb_buf_str(&events), 0644, NULL) != 0) die(trace_path);
}
