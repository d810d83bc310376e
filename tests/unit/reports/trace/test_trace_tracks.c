/* SPDX-License-Identifier: MIT */
#include "made_timeline.h"
#include "reports/trace/tracks.h"

#include <criterion/criterion.h>

static const struct pb_trace_round_place place = {
    .prefix = "median ", .pid_base = PB_TRACE_PID_SPAN, .sort_base = 0, .zero_ns = ZERO_NS};

static struct pb_chrome_out out;
static struct pb_json doc;

static void begin(void)
{
    pb_chrome_open(&out, -1);
}

/* What was put, as a parsed document. */
static const cJSON *events(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_chrome_close(&out, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_json_parse(&doc, pb_buf_str(&out.buf), "trace", &err), 0, "%s", err.msg);
    return pb_json_get(doc.root, "traceEvents");
}

static void end(void)
{
    pb_json_free(&doc);
    pb_buf_release(&out.buf);
}

TestSuite(trace_tracks, .init = begin, .fini = end);

/* The first slice of that name, NULL: none. */
static const cJSON *find(const cJSON *all, const char *phase, const char *name)
{
    const cJSON *event;
    cJSON_ArrayForEach (event, all)
        if (strcmp(pb_json_cstr(event, "ph"), phase) == 0 &&
            strcmp(pb_json_cstr(event, "name"), name) == 0)
            return event;
    return NULL;
}

static void expect_slice(const cJSON *slice, int64_t pid, int64_t tid, double ts, double dur)
{
    cr_assert_not_null(slice);
    cr_expect_eq((int64_t)pb_json_num(slice, "pid", -1), PB_TRACE_PID_SPAN + pid);
    cr_expect_eq((int64_t)pb_json_num(slice, "tid", -1), tid);
    cr_expect_float_eq(pb_json_num(slice, "ts", -1), ts, 1e-6);
    cr_expect_float_eq(pb_json_num(slice, "dur", -1), dur, 1e-6);
}

Test(trace_tracks, threads_run_sleep_and_wait_for_a_cpu)
{
    struct pb_trace_timeline t;
    make_timeline(&t);
    pb_trace_put_timeline(&out, &place, &t);
    const cJSON *all = events();
    expect_slice(find(all, "X", "on CPU"), 20, 20, 4000, 6000);
    expect_slice(find(all, "X", "futex"), 10, 11, 40000, 5000);
    expect_slice(find(all, "X", "run queue"), 10, 11, 45000, 2000);
    expect_slice(find(all, "X", "write"), PB_TRACE_PID_DISK, 1, 12000, 4000);
    expect_slice(find(all, "X", "read"), PB_TRACE_PID_DISK, 2, 13000, 4000); /* overlaps */
    cr_expect_not_null(find(all, "i", "exit"));
    cr_expect_not_null(find(all, "i", "connect 127.0.0.1:4873"));
    const cJSON *rss = find(all, "C", "resident MB");
    cr_assert_not_null(rss);
    cr_expect_float_eq(pb_json_num(pb_json_get(rss, "args"), "value", 0), 64, 1e-9);
    pb_trace_timeline_release(&t);
}

Test(trace_tracks, processes_are_named_after_their_round)
{
    struct pb_trace_timeline t;
    make_timeline(&t);
    pb_trace_put_timeline(&out, &place, &t);
    const cJSON *event, *all = events();
    int found = 0;
    cJSON_ArrayForEach (event, all)
        if (strcmp(pb_json_cstr(event, "name"), "process_name") == 0 &&
            strcmp(pb_json_cstr(pb_json_get(event, "args"), "name"), "median installer") == 0)
            found++;
    cr_expect_eq(found, 1);
    pb_trace_timeline_release(&t);
}

Test(trace_tracks, cpus_in_use_add_up_to_the_time_on_cpu)
{
    struct pb_trace_timeline t;
    make_timeline(&t);
    pb_trace_put_cpu_counter(&out, &place, &t);
    const cJSON *event, *all = events();
    double sum = 0, first = 0, second = 0;
    int n = 0;
    cJSON_ArrayForEach (event, all) {
        double ts = pb_json_num(event, "ts", 0);
        sum += pb_json_num(pb_json_get(event, "args"), "value", 0);
        if (n == 0) first = ts;
        if (n == 1) second = ts;
        n++;
    }
    cr_assert_gt(n, 1);
    /* 6 ms and 30 ms */
    cr_expect_float_eq(sum * (second - first), 36000, 40);
    pb_trace_timeline_release(&t);
}

Test(trace_tracks, requests_are_a_track_for_each_connection)
{
    struct pb_json log;
    struct pb_err err = PB_ERR_INIT;
    const char *text =
        "{\"lost\":2,\"requests\":["
        "{\"connection\":1,\"kind\":\"tarball\",\"path\":\"/a/-/a-1.0.0.tgz\",\"status\":200,"
        "\"body_bytes\":120,\"began_ns\":1001000000,\"answered_ns\":1001500000,"
        "\"ended_ns\":1003000000},"
        "{\"connection\":2,\"kind\":\"metadata\",\"path\":\"/b\",\"status\":200,\"body_bytes\":1,"
        "\"began_ns\":1002000000,\"answered_ns\":0,\"ended_ns\":0}]}";
    cr_assert_eq(pb_json_parse(&log, pb_str(text), "log", &err), 0, "%s", err.msg);
    pb_trace_put_requests(&out, &place, log.root);
    const cJSON *all = events();
    expect_slice(find(all, "X", "a-1.0.0.tgz"), PB_TRACE_PID_REGISTRY, 1, 1000, 2000);
    expect_slice(find(all, "X", "sending"), PB_TRACE_PID_REGISTRY, 1, 1500, 1500);
    cr_expect_null(find(all, "X", "b"), "a request that was broken off has no end");
    pb_json_free(&log);
}

static void put_spans(const char *text)
{
    struct pb_json spans;
    struct pb_trace_timeline t;
    struct pb_err err = PB_ERR_INIT;
    make_timeline(&t);
    cr_assert_eq(pb_json_parse(&spans, pb_str(text), "spans", &err), 0, "%s", err.msg);
    pb_trace_put_spans(&out, &place, spans.root, &t);
    pb_json_free(&spans);
    pb_trace_timeline_release(&t);
}

static const char *track_name(const cJSON *all, int64_t tid)
{
    const cJSON *event;
    cJSON_ArrayForEach (event, all)
        if (strcmp(pb_json_cstr(event, "name"), "thread_name") == 0 &&
            (int64_t)pb_json_num(event, "tid", -1) == tid)
            return pb_json_cstr(pb_json_get(event, "args"), "name");
    return "";
}

Test(trace_tracks, spans_of_the_installer_keep_their_names_and_arguments)
{
    put_spans("{\"traceEvents\":[{\"ph\":\"X\",\"pid\":10,\"tid\":11,\"name\":\"extract\","
              "\"cat\":\"stage\",\"ts\":1002000.5,\"dur\":10,"
              "\"args\":{\"package\":\"a\\\"b\"}},"
              "{\"ph\":\"X\",\"pid\":10,\"tid\":99,\"name\":\"far\",\"ts\":1002000.5,\"dur\":1},"
              "{\"ph\":\"B\",\"name\":\"open\",\"ts\":1},{\"ph\":\"X\"}]}");
    const cJSON *all = events(), *span = find(all, "X", "extract");
    expect_slice(span, PB_TRACE_PID_STAGES, 11, 2000.5, 10);
    cr_expect_str_eq(pb_json_cstr(pb_json_get(span, "args"), "package"), "a\"b");
    cr_expect_null(find(all, "B", "open"));
    cr_expect_str_eq(track_name(all, 11), "worker", "as in the timeline");
    cr_expect_str_eq(track_name(all, 99), "thread 99", "of no thread in the timeline");
}

Test(trace_tracks, asynchronous_spans_take_the_first_lane_that_is_free)
{
    /* Two downloads overlap; a third begins after the first; metadata has lanes of its own. */
    put_spans("{\"traceEvents\":["
              "{\"ph\":\"b\",\"cat\":\"p\",\"id\":1,\"name\":\"download\",\"ts\":1001000,"
              "\"args\":{\"package\":\"one\"}},"
              "{\"ph\":\"b\",\"cat\":\"p\",\"id\":\"1\",\"name\":\"metadata\",\"ts\":1001500},"
              "{\"ph\":\"b\",\"cat\":\"p\",\"id\":3,\"name\":\"download\",\"ts\":1002000},"
              "{\"ph\":\"e\",\"cat\":\"p\",\"id\":1,\"name\":\"download\",\"ts\":1003000},"
              "{\"ph\":\"e\",\"cat\":\"p\",\"id\":3,\"name\":\"download\",\"ts\":1009000},"
              "{\"ph\":\"b\",\"cat\":\"p\",\"id\":1,\"name\":\"download\",\"ts\":1003000},"
              "{\"ph\":\"e\",\"cat\":\"p\",\"id\":1,\"name\":\"download\",\"ts\":1004000},"
              "{\"ph\":\"b\",\"cat\":\"p\",\"id\":9,\"name\":\"never ended\",\"ts\":1}]}");
    const cJSON *all = events(), *event;
    int64_t lanes[3], n = 0;
    cJSON_ArrayForEach (event, all)
        if (strcmp(pb_json_cstr(event, "name"), "download") == 0 && n < 3)
            lanes[n++] = (int64_t)pb_json_num(event, "tid", -1);
    cr_assert_eq(n, 3);
    cr_expect_neq(lanes[0], lanes[1]);
    cr_expect_eq(lanes[0], lanes[2]);
    cr_expect_str_eq(track_name(all, lanes[0]), "download 1");
    cr_expect_str_eq(track_name(all, lanes[1]), "download 2");
    expect_slice(find(all, "X", "download"), PB_TRACE_PID_STAGES, lanes[0], 1000, 2000);
    cr_expect_null(find(all, "X", "metadata"), "of another id: it has no end");
    cr_expect_null(find(all, "X", "never ended"));
}
