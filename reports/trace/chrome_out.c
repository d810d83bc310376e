/* SPDX-License-Identifier: MIT */
#include "reports/trace/chrome_out.h"

#include "base/fs.h"

#define FLUSH_BYTES ((size_t)256 << 10)
#define BUFFER_MAX ((size_t)64 << 20)

void pb_chrome_open(struct pb_chrome_out *out, int fd)
{
    *out = (struct pb_chrome_out){.buf = PB_BUF_INIT(BUFFER_MAX), .fd = fd, .err = PB_ERR_INIT};
    pb_buf_add_cstr(&out->buf, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
}

static void flush(struct pb_chrome_out *out)
{
    if (out->fd < 0) return;
    if (!out->err.code) (void)!pb_write_all(out->fd, out->buf.p, out->buf.n, &out->err);
    pb_buf_clear(&out->buf);
}

int pb_chrome_close(struct pb_chrome_out *out, struct pb_err *err)
{
    pb_buf_add_cstr(&out->buf, "\n]}\n");
    flush(out);
    if (!out->err.code && !pb_buf_ok(&out->buf))
        pb_err_set(&out->err, PB_E_LIMIT, "the trace is too large for memory");
    if (out->fd >= 0) pb_buf_release(&out->buf);
    if (!out->err.code) return 0;
    if (err) *err = out->err;
    return -1;
}

static struct pb_buf *next_event(struct pb_chrome_out *out)
{
    if (out->buf.n >= FLUSH_BYTES) flush(out);
    pb_buf_add_cstr(&out->buf, out->has_events ? ",\n" : "\n");
    out->has_events = true;
    return &out->buf;
}

/* Microseconds with three decimals: doubles would lose nanoseconds of long traces. */
static void put_time(struct pb_buf *buf, const char *key, int64_t ns)
{
    const char *sign = ns < 0 ? "-" : "";
    if (ns < 0) ns = -ns;
    pb_buf_printf(buf, ",\"%s\":%s%lld.%03lld", key, sign, (long long)(ns / 1000),
                  (long long)(ns % 1000));
}

static void begin(struct pb_buf *buf, char phase, int64_t pid, int64_t tid, const char *name)
{
    pb_buf_printf(buf, "{\"ph\":\"%c\",\"pid\":%lld,\"tid\":%lld,\"name\":", phase, (long long)pid,
                  (long long)tid);
    pb_buf_add_json(buf, pb_str(name));
}

static void name_of(struct pb_chrome_out *out, int64_t pid, int64_t tid, const char *what,
                    const char *name)
{
    struct pb_buf *buf = next_event(out);
    begin(buf, 'M', pid, tid, what);
    pb_buf_add_cstr(buf, ",\"args\":{\"name\":");
    pb_buf_add_json(buf, pb_str(name));
    pb_buf_add_cstr(buf, "}}");
}

void pb_chrome_process(struct pb_chrome_out *out, int64_t pid, const char *name, int sort_index)
{
    name_of(out, pid, 0, "process_name", name);
    struct pb_buf *buf = next_event(out);
    begin(buf, 'M', pid, 0, "process_sort_index");
    pb_buf_printf(buf, ",\"args\":{\"sort_index\":%d}}", sort_index);
}

void pb_chrome_thread(struct pb_chrome_out *out, int64_t pid, int64_t tid, const char *name)
{
    name_of(out, pid, tid, "thread_name", name);
}

void pb_chrome_slice(struct pb_chrome_out *out, int64_t pid, int64_t tid, const char *name,
                     const char *category, int64_t begin_ns, int64_t duration_ns, const char *args)
{
    struct pb_buf *buf = next_event(out);
    begin(buf, 'X', pid, tid, name);
    pb_buf_printf(buf, ",\"cat\":\"%s\"", category);
    put_time(buf, "ts", begin_ns);
    put_time(buf, "dur", duration_ns);
    if (args) pb_buf_printf(buf, ",\"args\":{%s}", args);
    pb_buf_add_char(buf, '}');
}

void pb_chrome_instant(struct pb_chrome_out *out, int64_t pid, int64_t tid, const char *name,
                       int64_t time_ns)
{
    struct pb_buf *buf = next_event(out);
    begin(buf, 'i', pid, tid, name);
    put_time(buf, "ts", time_ns);
    pb_buf_add_cstr(buf, ",\"s\":\"t\"}");
}

void pb_chrome_counter(struct pb_chrome_out *out, int64_t pid, const char *name, int64_t time_ns,
                       double value)
{
    struct pb_buf *buf = next_event(out);
    begin(buf, 'C', pid, 0, name);
    put_time(buf, "ts", time_ns);
    pb_buf_printf(buf, ",\"args\":{\"value\":%.3f}}", value);
}
