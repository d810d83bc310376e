/* SPDX-License-Identifier: MIT */
#include "installer/trace/trace.h"

#include "base/json.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static struct pl_trace *trace;
static struct pb_json doc;
static char path[64];

static void begin(void)
{
    trace = pl_trace_new();
    snprintf(path, sizeof path, "/tmp/plumb-trace-%d.json", (int)getpid());
}

static void end(void)
{
    pl_trace_free(trace);
    pb_json_free(&doc);
    unlink(path);
}

TestSuite(plumb_trace, .init = begin, .fini = end);

static const cJSON *written(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_trace_write(trace, path, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_json_load(&doc, AT_FDCWD, path, 1 << 20, &err), 0, "%s", err.msg);
    return pb_json_get(doc.root, "traceEvents");
}

static size_t spans_on(const cJSON *events, double tid)
{
    const cJSON *event;
    size_t n = 0;
    cJSON_ArrayForEach (event, events)
        n += pb_json_num(event, "tid", 0) == tid && *pb_json_cstr(event, "ph") == 'X';
    return n;
}

Test(plumb_trace, a_span_has_its_stage_package_thread_and_times)
{
    int64_t began_ns = pl_trace_begin(trace);
    pl_trace_end(trace, "extract", PB_LIT("a@1 \"x\""), began_ns);
    const cJSON *event, *events = written(), *span = NULL;
    cJSON_ArrayForEach (event, events)
        if (*pb_json_cstr(event, "ph") == 'X') span = event;
    cr_assert_not_null(span);
    cr_expect_str_eq(pb_json_cstr(span, "name"), "extract");
    cr_expect_str_eq(pb_json_cstr(pb_json_get(span, "args"), "package"), "a@1 \"x\"");
    cr_expect_eq((pid_t)pb_json_num(span, "tid", 0), gettid());
    cr_expect_float_eq(pb_json_num(span, "ts", 0), (double)began_ns / 1e3, 1);
    cr_expect_geq(pb_json_num(span, "dur", -1), 0);
}

Test(plumb_trace, overlapping_waits_get_tracks_of_their_own)
{
    int64_t first_ns = pl_trace_begin(trace), second_ns = pl_trace_begin(trace);
    pl_trace_end_waiting(trace, "download", PB_LIT("b"), second_ns);
    pl_trace_end_waiting(trace, "download", PB_LIT("a"), first_ns); /* around the other */
    usleep(1000);
    pl_trace_end_waiting(trace, "download", PB_LIT("c"), pl_trace_begin(trace));
    const cJSON *events = written();
    cr_expect_eq(spans_on(events, 10000000), 2);
    cr_expect_eq(spans_on(events, 10000001), 1);
}

static void *add_many(void *unused)
{
    for (int i = 0; i < 1000; i++)
        pl_trace_end(trace, "clone", PB_LIT("p"), pl_trace_begin(trace));
    return unused;
}

Test(plumb_trace, threads_add_at_the_same_time)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, add_many, NULL), 0);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    const cJSON *event, *events = written();
    size_t n = 0;
    cJSON_ArrayForEach (event, events)
        n += *pb_json_cstr(event, "ph") == 'X';
    cr_expect_eq(n, 3000);
}

Test(plumb_trace, without_a_trace_nothing_happens)
{
    cr_expect_eq(pl_trace_begin(NULL), 0);
    pl_trace_end(NULL, "x", PB_LIT(""), 0);
    pl_trace_end_waiting(NULL, "x", PB_LIT(""), 0);
    pl_trace_free(NULL);
}
