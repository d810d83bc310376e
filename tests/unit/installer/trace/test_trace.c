/* SPDX-License-Identifier: MIT */
#include "installer/trace/trace.h"

#include "base/clock.h"
#include "base/json.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

static struct pb_buf printed(const struct pl_trace *trace)
{
    struct pb_buf out = PB_BUF_INIT(1 << 20);
    pl_trace_print(trace, &out);
    return out;
}

static cJSON *events_of(const struct pb_buf *text)
{
    cJSON *doc = cJSON_ParseWithLength(text->p, text->n);
    cr_assert_not_null(doc, "no JSON: %s", text->p);
    cJSON *events = cJSON_DetachItemFromObject(doc, "traceEvents");
    cJSON_Delete(doc);
    return events;
}

Test(trace, no_trace_costs_nothing)
{
    cr_expect_eq(pl_trace_start(NULL), 0);
    pl_trace_end(NULL, PL_TRACE_JOB, "clone", PB_LIT("a@1"), 0);
    pl_trace_free(NULL);
}

Test(trace, a_job_is_one_event_and_a_wait_two)
{
    struct pl_trace *trace = pl_trace_new();
    int64_t start = pl_trace_start(trace);
    cr_assert_gt(start, 0);
    pl_trace_end(trace, PL_TRACE_JOB, "extract", PB_LIT("a\"b@1"), start);
    pl_trace_end(trace, PL_TRACE_WAIT, "download", PB_LIT("c@2"), start);
    struct pb_buf text PB_AUTO_BUF = printed(trace);
    cJSON *events = events_of(&text);
    cr_assert_eq(cJSON_GetArraySize(events), 3);
    const cJSON *job = cJSON_GetArrayItem(events, 0), *begin = cJSON_GetArrayItem(events, 1),
                *end = cJSON_GetArrayItem(events, 2);
    cr_expect_str_eq(pb_json_cstr(job, "ph"), "X");
    cr_expect_str_eq(pb_json_cstr(pb_json_get(job, "args"), "package"), "a\"b@1");
    cr_expect_float_eq(pb_json_num(job, "ts", 0) * 1000, (double)start, 2000,
                       "microseconds of the monotonic clock");
    cr_expect_geq(pb_json_num(job, "dur", -1), 0);
    cr_expect_str_eq(pb_json_cstr(begin, "ph"), "b");
    cr_expect_str_eq(pb_json_cstr(end, "ph"), "e");
    cr_expect_eq(pb_json_num(begin, "id", -1), pb_json_num(end, "id", -2));
    cr_expect_leq(pb_json_num(begin, "ts", 0), pb_json_num(end, "ts", 0));
    cJSON_Delete(events);
    pl_trace_free(trace);
}

Test(trace, an_empty_trace_is_valid)
{
    struct pl_trace *trace = pl_trace_new();
    struct pb_buf text PB_AUTO_BUF = printed(trace);
    cJSON *events = events_of(&text);
    cr_expect_eq(cJSON_GetArraySize(events), 0);
    cJSON_Delete(events);
    pl_trace_free(trace);
}

static void *add_many(void *trace)
{
    for (int i = 0; i < 500; i++)
        pl_trace_end(trace, PL_TRACE_JOB, "clone", PB_LIT("x"), pl_trace_start(trace));
    return NULL;
}

Test(trace, threads_add_spans_together)
{
    struct pl_trace *trace = pl_trace_new();
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, add_many, trace), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    struct pb_buf text PB_AUTO_BUF = printed(trace);
    cJSON *events = events_of(&text);
    cr_expect_eq(cJSON_GetArraySize(events), 2000);
    cJSON_Delete(events);
    pl_trace_free(trace);
}
