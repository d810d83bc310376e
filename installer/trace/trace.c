/* SPDX-License-Identifier: MIT */
#include "installer/trace/trace.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX_BYTES ((size_t)1 << 30)
/* Tracks of spans that no thread does; kernel thread numbers stay below 2^22. */
#define WAITING_TRACK 10000000

struct span {
    const char *stage;
    struct pb_str label;
    int64_t begin_ns, end_ns;
    int64_t track; /* thread number; 0: one is chosen when writing */
};

struct pl_trace {
    pthread_mutex_t lock;
    struct pb_arena arena;
    struct span *spans;
    size_t n, cap;
};

struct pl_trace *pl_trace_new(void)
{
    struct pl_trace *trace = pb_calloc(1, sizeof *trace);
    pthread_mutex_init(&trace->lock, NULL);
    return trace;
}

void pl_trace_free(struct pl_trace *trace)
{
    if (!trace) return;
    pthread_mutex_destroy(&trace->lock);
    pb_arena_release(&trace->arena);
    free(trace->spans);
    free(trace);
}

int64_t pl_trace_begin(const struct pl_trace *trace)
{
    return trace ? pb_now_ns() : 0;
}

static void add(struct pl_trace *trace, const char *stage, struct pb_str label, int64_t begin_ns,
                int64_t track)
{
    int64_t end_ns = pb_now_ns();
    pthread_mutex_lock(&trace->lock);
    PB_GROW(trace->spans, trace->cap, trace->n + 1);
    trace->spans[trace->n++] = (struct span){.stage = stage,
                                             .label = pb_arena_str(&trace->arena, label),
                                             .begin_ns = begin_ns,
                                             .end_ns = end_ns,
                                             .track = track};
    pthread_mutex_unlock(&trace->lock);
}

void pl_trace_end(struct pl_trace *trace, const char *stage, struct pb_str label, int64_t begin_ns)
{
    if (trace) add(trace, stage, label, begin_ns, gettid());
}

void pl_trace_end_waiting(struct pl_trace *trace, const char *stage, struct pb_str label,
                          int64_t begin_ns)
{
    if (trace) add(trace, stage, label, begin_ns, 0);
}

static int by_begin(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return x->begin_ns < y->begin_ns ? -1 : x->begin_ns > y->begin_ns;
}

/* Overlapping spans get tracks of their own: the first one that is free. Returns how many. */
static size_t choose_tracks(struct pl_trace *trace)
{
    int64_t *free_ns = pb_calloc(trace->n + 1, sizeof *free_ns);
    size_t tracks = 0;
    for (size_t i = 0; i < trace->n; i++) {
        struct span *span = &trace->spans[i];
        if (span->track) continue;
        size_t lane = 0;
        while (lane < tracks && free_ns[lane] > span->begin_ns)
            lane++;
        if (lane == tracks) tracks++;
        free_ns[lane] = span->end_ns;
        span->track = WAITING_TRACK + (int64_t)lane;
    }
    free(free_ns);
    return tracks;
}

static void put_us(struct pb_buf *out, const char *key, int64_t ns)
{
    pb_buf_printf(out, ",\"%s\":%lld.%03lld", key, (long long)(ns / 1000), (long long)(ns % 1000));
}

static void put_span(struct pb_buf *out, const struct span *span)
{
    pb_buf_printf(out, "{\"ph\":\"X\",\"pid\":%d,\"tid\":%lld,\"cat\":\"stage\",\"name\":\"%s\"",
                  (int)getpid(), (long long)span->track, span->stage);
    put_us(out, "ts", span->begin_ns);
    put_us(out, "dur", span->end_ns - span->begin_ns);
    if (span->label.n > 0) {
        pb_buf_add_cstr(out, ",\"args\":{\"package\":");
        pb_buf_add_json(out, span->label);
        pb_buf_add_char(out, '}');
    }
    pb_buf_add_char(out, '}');
}

static void put_track_name(struct pb_buf *out, int64_t track, const char *name)
{
    pb_buf_printf(out,
                  "{\"ph\":\"M\",\"pid\":%d,\"tid\":%lld,\"name\":\"thread_name\","
                  "\"args\":{\"name\":\"%s\"}}",
                  (int)getpid(), (long long)track, name);
}

int pl_trace_write(struct pl_trace *trace, const char *path, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(FILE_MAX_BYTES);
    qsort(trace->spans, trace->n, sizeof *trace->spans, by_begin);
    size_t waiting = choose_tracks(trace);
    pb_buf_add_cstr(&out, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    put_track_name(&out, getpid(), "main thread");
    for (size_t i = 0; i < waiting; i++) {
        pb_buf_add_cstr(&out, ",\n");
        put_track_name(&out, WAITING_TRACK + (int64_t)i, "network");
    }
    for (size_t i = 0; i < trace->n; i++) {
        pb_buf_add_cstr(&out, ",\n");
        put_span(&out, &trace->spans[i]);
    }
    pb_buf_add_cstr(&out, "\n]}\n");
    if (!pb_buf_ok(&out)) return pb_err_set(err, PB_E_LIMIT, "write the trace %s: too large", path);
    return pb_write_file_atomic(AT_FDCWD, path, pb_buf_str(&out), 0666, err);
}
