/* SPDX-License-Identifier: MIT */
/* The collector of a build without BPF, built here in any case: all is lost, with the cure. */
#include "harness/probes/collector.h"

#include <criterion/criterion.h>
#include <unistd.h>

Test(collector_off, every_group_is_lost_with_its_cure)
{
    struct pb_collector *collector = pb_collector_open(PB_COLLECT_ALL, NULL);
    cr_assert_not_null(collector);
    for (int group = 0; group < PB_COLLECT_COUNT; group++) {
        const struct pb_loss *loss = pb_collector_loss(collector, (enum pb_collector_group)group);
        cr_assert_not_null(loss);
        cr_expect(loss->cause[0] && loss->cure[0]);
    }
    pb_collector_close(collector);
}

Test(collector_off, sample_goes_on_without_figures)
{
    struct pb_collector *collector = pb_collector_open(PB_COLLECT_DEFAULT, NULL);
    struct pb_tree_counters counters = {.processes = 7};
    uint64_t rss_peak_bytes = 7;
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pb_collector_begin(collector, getpid(), &err), 0, "%s", err.msg);
    cr_expect_eq(pb_collector_end(collector, &counters, &rss_peak_bytes, &err), 0, "%s", err.msg);
    cr_expect(counters.processes == 0 && rss_peak_bytes == 0);
    pb_collector_close(collector);
}

Test(collector_off, traces_say_what_is_missing)
{
    struct pb_collector *collector = pb_collector_open(PB_COLLECT_ALL, NULL);
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pb_collector_timeline_begin(collector, "/none", &err), -1);
    cr_expect_eq(err.code, PB_E_UNSUPPORTED);
    cr_expect_not_null(strstr(err.msg, "built without BPF"), "%s", err.msg);
    pb_collector_close(collector);
}
