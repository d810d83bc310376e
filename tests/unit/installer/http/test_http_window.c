/* SPDX-License-Identifier: MIT */
#include "installer/registry/http_window.h"

#include "base/clock.h"

#include <criterion/criterion.h>

static struct pl_http_window window(unsigned start, unsigned max)
{
    struct pl_http_window w;
    pl_http_window_init(&w, start, max);
    pl_http_window_connected(&w, 50 * PB_NS_PER_MS);
    return w;
}

static void answer(struct pl_http_window *w, unsigned times, int64_t wait_ms)
{
    while (times-- > 0)
        pl_http_window_answered(w, wait_ms * PB_NS_PER_MS);
}

static unsigned grow(struct pl_http_window *w, uint64_t outstanding_bytes)
{
    while (pl_http_window_grow(w, outstanding_bytes))
        continue;
    return w->limit;
}

Test(http_window, is_bounded_by_the_maximum)
{
    cr_expect_eq(window(64, 256).limit, 64);
    cr_expect_eq(window(64, 9).limit, 9);
    struct pl_http_window w = window(8, 20);
    for (int i = 0; i < 10; i++) {
        answer(&w, w.limit, 50);
        cr_expect_leq(grow(&w, 0), 20);
    }
    cr_expect_eq(w.limit, 20);
}

Test(http_window, doubles_per_round_trip_when_far)
{
    struct pl_http_window w = window(8, 1000);
    cr_expect_eq(grow(&w, 0), 8, "nothing is known yet");
    answer(&w, 8, 50);
    cr_expect_eq(grow(&w, 0), 16);
    answer(&w, 16, 55);
    cr_expect_eq(grow(&w, 0), 32);
}

Test(http_window, stays_as_it_is_when_near)
{
    struct pl_http_window w = window(8, 1000);
    pl_http_window_connected(&w, PB_NS_PER_MS);
    answer(&w, 100, 30); /* a slow server, or a busy processor */
    cr_expect_eq(grow(&w, 0), 8);
    pl_http_window_connected(&w, 40 * PB_NS_PER_MS);
    cr_expect_eq(grow(&w, 0), 8, "the least round trip counts");
}

/* Answers that take twice as long wait for each other. */
Test(http_window, stops_where_requests_queue)
{
    struct pl_http_window w = window(8, 1000);
    answer(&w, 8, 50);
    answer(&w, 40, 200);
    cr_expect_eq(grow(&w, 0), 8);
    answer(&w, 40, 60);
    cr_expect_gt(grow(&w, 0), 8);
}

/* 1 MB in 50 ms at 50 ms is 1 MB on the way; two round trips ahead are enough. */
Test(http_window, stops_when_the_wire_is_busy)
{
    struct pl_http_window w = window(8, 1000);
    answer(&w, 8, 50);
    pl_http_window_received(&w, 1, 0);
    pl_http_window_received(&w, 1 + 50 * PB_NS_PER_MS, 1000000);
    cr_expect_eq(grow(&w, 2100000), 8);
    cr_expect_eq(grow(&w, 1900000), 16);
}

Test(http_window, halves_once_per_round_trip_and_comes_back_slowly)
{
    struct pl_http_window w = window(64, 256);
    answer(&w, 64, 50);
    int64_t now_ns = 1000 * PB_NS_PER_MS;
    pl_http_window_refused(&w, now_ns);
    cr_expect_eq(w.limit, 32);
    pl_http_window_refused(&w, now_ns + 10 * PB_NS_PER_MS);
    cr_expect_eq(w.limit, 32, "sent before the halving");
    pl_http_window_refused(&w, now_ns + 60 * PB_NS_PER_MS);
    cr_expect_eq(w.limit, 16);
    cr_expect_eq(grow(&w, 0), 16, "no answer since");
    answer(&w, 17, 50);
    cr_expect_eq(grow(&w, 0), 17);
    answer(&w, 18, 50);
    cr_expect_eq(grow(&w, 0), 18);
}

Test(http_window, never_ends_at_nothing)
{
    struct pl_http_window w = window(64, 256), one = window(64, 1);
    for (int i = 1; i < 100; i++) {
        pl_http_window_refused(&w, i * PB_NS_PER_S);
        pl_http_window_refused(&one, i * PB_NS_PER_S);
    }
    cr_expect_eq(w.limit, PL_HTTP_WINDOW_MIN);
    cr_expect_eq(one.limit, 1);
}

/* A near host comes back to what it began with, no further. */
Test(http_window, a_near_host_comes_back_to_the_start)
{
    struct pl_http_window w = window(8, 256);
    pl_http_window_connected(&w, PB_NS_PER_MS);
    answer(&w, 8, 1);
    pl_http_window_refused(&w, PB_NS_PER_S);
    cr_expect_eq(w.limit, 4);
    for (int i = 0; i < 20; i++) {
        answer(&w, 20, 1);
        (void)grow(&w, 0);
    }
    cr_expect_eq(w.limit, 8);
}
