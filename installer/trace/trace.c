/* SPDX-License-Identifier: MIT */
#include "installer/trace/trace.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_BYTES ((size_t)1 << 30)

struct span {
    const char *stage;
    struct pb_str label;
    int64_t start_ns, end_ns;
    pid_t thread;
    enum pl_trace_kind kind;
};

struct pl_trace {
    pthread_mutex_t lock; /* guards the rest */
    struct pb_arena arena;
    struct span *spans;
    size_t n, cap;
};

struct pl_trace *pl_trace_new(void)
{
    struct pl_trace *trace = pb_calloc(1, sizeof *trace);
    (void)pthread_mutex_init(&trace->lock, NULL);
    return trace;
}

void pl_trace_free(struct pl_trace *trace)
{
    if (!trace) return;
    (void)pthread_mutex_destroy(&trace->lock);
    pb_arena_release(&trace->arena);
    free(trace->spans);
    free(trace);
}

int64_t pl_trace_start(const struct pl_trace *trace)
{
    return trace ? pb_now_ns() : 0;
}

void pl_trace_end(struct pl_trace *trace, enum pl_trace_kind kind, const char *stage,
                  struct pb_str label, int64_t start_ns)
{
    if (!trace) return;
    struct span span = {.stage = stage,
                        .start_ns = start_ns,
                        .end_ns = pb_now_ns(),
                        .thread = gettid(),
                        .kind = kind};
    (void)pthread_mutex_lock(&trace->lock);
    span.label = pb_arena_str(&trace->arena, label);
    PB_GROW(trace->spans, trace->cap, trace->n + 1);
    trace->spans[trace->n++] = span;
    (void)pthread_mutex_unlock(&trace->lock);
}

/* Microseconds, as the format wants them, with the nanoseconds behind the point. */
static void print_us(const char *name, int64_t ns, struct pb_buf *out)
{
    pb_buf_printf(out, ",\"%s\":%lld.%03lld", name, (long long)(ns / 1000), (long long)(ns % 1000));
}

static void begin_event(const struct span *span, const char *phase, struct pb_buf *out)
{
    pb_buf_printf(out, "{\"ph\":\"%s\",\"cat\":\"plumb\",\"pid\":%ld,\"tid\":%ld,\"name\":\"%s\"",
                  phase, (long)getpid(), (long)span->thread, span->stage);
}

static void print_label(const struct span *span, struct pb_buf *out)
{
    pb_buf_add_cstr(out, ",\"args\":{\"package\":");
    pb_buf_add_json(out, span->label);
    pb_buf_add_cstr(out, "}}");
}

static void print_span(const struct span *span, size_t number, struct pb_buf *out)
{
    begin_event(span, span->kind == PL_TRACE_JOB ? "X" : "b", out);
    print_us("ts", span->start_ns, out);
    if (span->kind == PL_TRACE_JOB) {
        print_us("dur", span->end_ns - span->start_ns, out);
        print_label(span, out);
        return;
    }
    pb_buf_printf(out, ",\"id\":%zu", number);
    print_label(span, out);
    pb_buf_add_cstr(out, ",\n");
    begin_event(span, "e", out);
    print_us("ts", span->end_ns, out);
    pb_buf_printf(out, ",\"id\":%zu}", number);
}

void pl_trace_print(const struct pl_trace *trace, struct pb_buf *out)
{
    pb_buf_add_cstr(out, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    for (size_t i = 0; i < trace->n; i++) {
        print_span(&trace->spans[i], i + 1, out);
        pb_buf_add_cstr(out, i + 1 < trace->n ? ",\n" : "\n");
    }
    pb_buf_add_cstr(out, "]}\n");
}

int pl_trace_write(const struct pl_trace *trace, const char *path, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_BYTES);
    pl_trace_print(trace, &text);
    if (!pb_buf_ok(&text)) return pb_err_set(err, PB_E_LIMIT, "the trace is too large: %s", path);
    return pb_write_file(AT_FDCWD, path, pb_buf_str(&text), 0666, err);
}
