/* SPDX-License-Identifier: MIT */
#include "made_timeline.h"
#include "reports/trace/flame.h"

#include <criterion/criterion.h>

static struct pb_flame flame;
static struct pb_buf out;

static void begin(void)
{
    flame = PB_FLAME_INIT;
    out = PB_BUF_INIT(1 << 20);
}

static void end(void)
{
    pb_flame_release(&flame);
    pb_buf_release(&out);
}

TestSuite(flame, .init = begin, .fini = end);

static void add(const char *a, const char *b, int64_t us)
{
    const char *const frames[] = {a, b};
    pb_flame_add(&flame, frames, b ? 2 : 1, us * 1000);
}

Test(flame, equal_stacks_are_summed_and_the_largest_comes_first)
{
    add("sh", "x", 5);
    add("sh", "y", 3);
    add("node", NULL, 20);
    add("sh", "y", 4);
    add("sh", NULL, 2);
    pb_flame_folded(&flame, &out);
    cr_expect_str_eq(out.p, "node 20\nsh 2\nsh;y 7\nsh;x 5\n");
}

Test(flame, separators_in_names_are_replaced)
{
    add("a;b", "c\nd", 1);
    pb_flame_folded(&flame, &out);
    cr_expect_str_eq(out.p, "a_b;c_d 1\n");
}

Test(flame, a_thread_stands_below_the_chain_of_its_processes)
{
    struct pb_trace_timeline t;
    make_timeline(&t);
    pb_flame_add_timeline(&flame, &t, PB_FLAME_CPU);
    pb_flame_folded(&flame, &out);
    cr_expect_str_eq(out.p, "installer;worker 30000\ninstaller;node;main thread 6000\n");
    pb_trace_timeline_release(&t);
}

Test(flame, time_off_the_cpu_stands_below_its_reason)
{
    struct pb_trace_timeline t;
    make_timeline(&t);
    pb_flame_add_timeline(&flame, &t, PB_FLAME_OFF_CPU);
    pb_flame_folded(&flame, &out);
    cr_expect_str_eq(out.p, "installer;worker;futex 5000\ninstaller;worker;run queue 2000\n");
    pb_trace_timeline_release(&t);
}

Test(flame, picture_has_each_visible_frame_and_tells_of_the_others)
{
    add("a<b", "x", 100000);
    add("a<b", "tiny", 1);
    pb_flame_svg(&flame, "T & t", &out);
    cr_expect_not_null(strstr(out.p, "T &amp; t"));
    cr_expect_not_null(strstr(out.p, "<title>a&lt;b: 100.001 ms, 100.0 %</title>"));
    cr_expect_not_null(strstr(out.p, "<title>x: 100.000 ms"));
    cr_expect_null(strstr(out.p, "tiny"));
    cr_expect_not_null(strstr(out.p, "1 frames of less than a thousandth are not drawn."));
}

Test(flame, nothing_measured_is_an_empty_picture)
{
    pb_flame_svg(&flame, "none", &out);
    cr_expect_not_null(strstr(out.p, "0.000 s in all threads together"));
    cr_expect_not_null(strstr(out.p, "</svg>"));
}
