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

Test(flame, waits_stand_below_the_chain_of_processes_and_the_thread)
{
    struct pb_trace_timeline t;
    make_timeline(&t);
    pb_flame_add_waits(&flame, &t);
    pb_flame_folded(&flame, &out);
    cr_expect_str_eq(out.p, "installer;worker;futex 5000\ninstaller;worker;run queue 2000\n");
    pb_trace_timeline_release(&t);
}

Test(flame, picture_has_each_visible_frame_and_tells_of_the_others)
{
    add("a<b", "x", 100000);
    add("a<b", "tiny", 1);
    pb_flame_svg(&flame, "T & t", "n < 1", &out);
    cr_expect_not_null(strstr(out.p, "T &amp; t"));
    cr_expect_not_null(strstr(out.p, "0.100 s in all threads together; n &lt; 1<"));
    cr_expect_not_null(strstr(out.p, "<title>a&lt;b: 100.001 ms, 100.0 %</title>"));
    cr_expect_not_null(strstr(out.p, "<title>x: 100.000 ms"));
    cr_expect_null(strstr(out.p, "tiny"));
    cr_expect_not_null(strstr(out.p, "1 frames of less than a thousandth are not drawn."));
}

Test(flame, nothing_measured_is_an_empty_picture)
{
    pb_flame_svg(&flame, "none", NULL, &out);
    cr_expect_not_null(strstr(out.p, "0.000 s in all threads together"));
    cr_expect_not_null(strstr(out.p, "</svg>"));
}

Test(flame, folded_stacks_are_read_as_they_are_written)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_flame_add_folded(&flame,
                                     pb_str("sh;main thread;a b(c);read_[k] 15\n\n"
                                            "sh;main thread 3\n"
                                            "sh;main thread;a b(c);read_[k] 5"),
                                     &err),
                 0, "%s", err.msg);
    pb_flame_folded(&flame, &out);
    cr_expect_str_eq(out.p, "sh;main thread 3\nsh;main thread;a b(c);read_[k] 20\n");
    cr_expect_eq(flame.root.total_ns, 23000);
}

Test(flame, what_is_no_folded_stack_is_named_by_its_line)
{
    static const char *const bad[] = {"a;b 1\nnonsense\n", "a;b 1\n 2\n", "a;b 1\na;b 1.5\n",
                                      "a;b 1\na;b -1\n", "a;b 1\na;b 9223372036854776\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pb_err err = PB_ERR_INIT;
        cr_expect_eq(pb_flame_add_folded(&flame, pb_str(bad[i]), &err), -1, "%s", bad[i]);
        cr_expect_eq(err.code, PB_E_BAD_INPUT);
        cr_expect_not_null(strstr(err.msg, "line 2 "), "%s", err.msg);
    }
}

/* 300 frames: what is deeper than the graph stays with the deepest frame, and no time is lost. */
Test(flame, deep_stacks_are_cut_without_losing_time)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
    for (int i = 0; i < 300; i++)
        pb_buf_add_cstr(&text, i ? ";f" : "f");
    pb_buf_add_cstr(&text, " 7\n");
    cr_assert_eq(pb_flame_add_folded(&flame, pb_buf_str(&text), NULL), 0);
    pb_flame_folded(&flame, &out);
    cr_expect(pb_str_ends(pb_buf_str(&out), "f 7\n"));
    cr_expect_eq(out.n, PB_FLAME_DEPTH_MAX * 2 + 2);
}

Test(flame, kinds_of_frames_have_their_colour_and_names_lose_the_mark)
{
    const char *const frames[] = {"node", "[JIT]_[j]", "[libc.so.6]", "do_futex_[k]"};
    pb_flame_add(&flame, frames, 4, 1000000);
    pb_flame_svg(&flame, "kinds", NULL, &out);
    cr_expect_not_null(strstr(out.p, ">do_futex</text>"));
    cr_expect_not_null(strstr(out.p, "<title>do_futex_[k]: 1.000 ms, 100.0 %</title>"));
    cr_expect_not_null(strstr(out.p, ">[JIT]</text>"));
    cr_expect_not_null(strstr(out.p, ">[libc.so.6]</text>"));
    cr_expect_not_null(strstr(out.p, "hsl(0,0%,82%)"));
}
