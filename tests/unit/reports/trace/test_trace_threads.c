/* SPDX-License-Identifier: MIT */
#include "made_timeline.h"

#include <criterion/criterion.h>

Test(trace_threads, each_thread_has_its_latest_name_and_its_maker)
{
    struct pb_trace_timeline t;
    make_timeline(&t);
    cr_assert_eq(t.thread_count, 3);
    cr_expect_str_eq(pb_trace_thread_name(&t, 10), "installer");
    cr_expect_str_eq(pb_trace_thread_name(&t, 11), "worker");
    cr_expect_str_eq(pb_trace_thread_name(&t, 20), "node");
    cr_expect_str_eq(pb_trace_thread_name(&t, 99), "?");
    cr_expect_eq(pb_trace_thread_find(&t, 20)->parent_tid, 11);
    cr_expect_eq(pb_trace_thread_find(&t, 10)->parent_tid, 0);
    cr_expect_null(pb_trace_thread_find(&t, 99));
    pb_trace_timeline_release(&t);
}

Test(trace_threads, events_come_by_time)
{
    struct pb_trace_timeline t;
    make_timeline(&t);
    for (size_t i = 1; i < t.event_count; i++)
        cr_expect_leq(t.events[i - 1].time_ns, t.events[i].time_ns);
    pb_trace_timeline_release(&t);
}

Test(trace_threads, a_file_that_is_none_is_refused)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_trace_timeline t;
    cr_assert_eq(pb_trace_timeline_read(&t, "/dev/null", &err), -1);
    cr_expect_eq(err.code, PB_E_BAD_INPUT, "%s", err.msg);
    pb_trace_timeline_release(&t);
}
