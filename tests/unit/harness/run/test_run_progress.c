/* SPDX-License-Identifier: MIT */
#include "harness/run/progress.h"

#include "base/clock.h"

#include <criterion/criterion.h>

#define S PB_NS_PER_S

Test(run_progress, time_left_is_unknown_before_the_first_sample)
{
    struct pb_cell_progress cells[] = {{.arm = "a", .left = 5}, {.arm = "b", .left = 5}};
    cr_assert_eq(pb_progress_left_ns(cells, 2), -1);
}

Test(run_progress, each_cell_goes_on_at_its_own_pace)
{
    struct pb_cell_progress cells[] = {{.left = 3, .taken = 2, .spent_ns = 4 * S},
                                       {.left = 1, .taken = 1, .spent_ns = 10 * S},
                                       {.left = 0, .taken = 1, .spent_ns = 7 * S}};
    cr_assert_eq(pb_progress_left_ns(cells, 3), (3 * 2 + 1 * 10) * S);
}

Test(run_progress, a_cell_without_a_pace_takes_the_mean_of_the_others)
{
    struct pb_cell_progress cells[] = {{.left = 0, .taken = 1, .spent_ns = 2 * S},
                                       {.left = 0, .taken = 1, .spent_ns = 4 * S},
                                       {.left = 5}};
    cr_assert_eq(pb_progress_left_ns(cells, 3), 15 * S);
}

static void expect_place(int round, bool confirming, bool narrow, const char *want)
{
    struct pb_progress_place place = {"replay", "p0_full_cold", "plumb", round, 10, confirming};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(256);
    pb_progress_put_place(&out, &place, narrow);
    cr_expect(pb_str_is(pb_buf_str(&out), want), PB_FMT, PB_ARG(pb_buf_str(&out)));
}

Test(run_progress, a_narrow_terminal_keeps_what_matters)
{
    expect_place(2, false, false, "replay p0_full_cold round 2/10 plumb");
    expect_place(0, false, false, "replay p0_full_cold warm-up plumb");
    expect_place(2, true, false, "replay p0_full_cold confirming round 2/10 plumb");
    expect_place(2, false, true, "p0 2/10 plumb");
    expect_place(0, false, true, "p0 warm-up plumb");
}

static void expect_left(int64_t ns, const char *want)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(256);
    pb_progress_put_left(&out, ns);
    cr_expect(pb_str_is(pb_buf_str(&out), want), "%lld ns: " PB_FMT, (long long)ns,
              PB_ARG(pb_buf_str(&out)));
}

Test(run_progress, time_left_as_text)
{
    expect_left(-1, "");
    expect_left(0, " \u00b7 0s left");
    expect_left(59 * S, " \u00b7 59s left");
    expect_left(60 * S - 1, " \u00b7 1m00s left");
    expect_left(190 * S, " \u00b7 3m10s left");
}

Test(run_progress, means_leave_out_arms_without_a_figure)
{
    struct pb_cell_progress cells[] = {{.arm = "plumb", .counted = 2, .wall_ns_sum = 3e9},
                                       {.arm = "npm", .taken = 1},
                                       {.arm = "bun", .counted = 1, .wall_ns_sum = 2.25e9},
                                       {.arm = "limit", .counted = 2, .wall_ns_sum = 84e6},
                                       {.arm = "none", .counted = 1, .wall_ns_sum = 4.12e6}};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(256);
    pb_progress_put_means(&out, ": ", cells + 1, 1);
    cr_expect_eq(out.n, 0);
    pb_progress_put_means(&out, ": ", cells, 5);
    cr_assert(pb_str_is(pb_buf_str(&out), ": plumb 1.50s, bun 2.25s, limit 42ms, none 4.1ms"));
}
