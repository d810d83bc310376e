/* SPDX-License-Identifier: MIT */
#include "installer/registry/http_window.h"

#include "base/clock.h"

/* The newest wait counts an eighth, as TCP smooths its round trips (RFC 6298). */
#define SMOOTHING 8
#define QUEUEING_FACTOR 2
#define ROUND_TRIPS_AHEAD 2
#define HALVING_MIN_NS (50 * PB_NS_PER_MS)
/* Shorter ones measure how bytes are handed over, not how they come. */
#define INTERVAL_MIN_NS (20 * PB_NS_PER_MS)

void pl_http_window_init(struct pl_http_window *w, unsigned start, unsigned max)
{
    *w = (struct pl_http_window){.start = start < max ? start : max, .max = max};
    w->limit = w->start;
}

void pl_http_window_connected(struct pl_http_window *w, int64_t round_trip_ns)
{
    if (round_trip_ns <= 0) return;
    if (w->round_trip_ns == 0 || round_trip_ns < w->round_trip_ns) w->round_trip_ns = round_trip_ns;
}

void pl_http_window_answered(struct pl_http_window *w, int64_t wait_ns)
{
    if (wait_ns <= 0) wait_ns = 1;
    if (w->quickest_ns == 0 || wait_ns < w->quickest_ns) w->quickest_ns = wait_ns;
    w->usual_ns = w->usual_ns == 0 ? wait_ns : w->usual_ns + (wait_ns - w->usual_ns) / SMOOTHING;
    if (w->is_careful && w->answers_until_credit > 0) {
        w->answers_until_credit--;
        return;
    }
    w->answers_until_credit = w->limit;
    if (w->credits < w->limit) w->credits++;
}

void pl_http_window_received(struct pl_http_window *w, int64_t now_ns, uint64_t bytes)
{
    w->interval_bytes += bytes;
    if (w->interval_start_ns == 0) w->interval_start_ns = now_ns;
    int64_t took_ns = now_ns - w->interval_start_ns;
    if (took_ns < INTERVAL_MIN_NS || took_ns < w->quickest_ns) return;
    uint64_t rate = (uint64_t)((double)w->interval_bytes * PB_NS_PER_S / (double)took_ns);
    if (rate > w->best_bytes_per_s) w->best_bytes_per_s = rate;
    w->interval_start_ns = now_ns;
    w->interval_bytes = 0;
}

void pl_http_window_refused(struct pl_http_window *w, int64_t now_ns)
{
    /* What was sent before the last halving says nothing about the window since. */
    int64_t apart_ns = w->usual_ns > HALVING_MIN_NS ? w->usual_ns : HALVING_MIN_NS;
    if (w->halved_ns > 0 && now_ns - w->halved_ns < apart_ns) return;
    unsigned least = w->max < PL_HTTP_WINDOW_MIN ? w->max : PL_HTTP_WINDOW_MIN;
    w->limit = w->limit / 2 > least ? w->limit / 2 : least;
    w->credits = 0;
    w->answers_until_credit = w->limit;
    w->is_careful = true;
    w->halved_ns = now_ns;
}

static bool is_wire_busy(const struct pl_http_window *w, uint64_t outstanding_bytes)
{
    if (w->best_bytes_per_s == 0) return false;
    double per_round_trip = (double)w->best_bytes_per_s * (double)w->quickest_ns / PB_NS_PER_S;
    return (double)outstanding_bytes > ROUND_TRIPS_AHEAD * per_round_trip;
}

bool pl_http_window_grow(struct pl_http_window *w, uint64_t outstanding_bytes)
{
    if (w->credits == 0 || w->limit >= w->max) return false;
    if (w->round_trip_ns < PL_HTTP_WINDOW_NEAR_NS && w->limit >= w->start) return false;
    if (w->usual_ns > QUEUEING_FACTOR * w->quickest_ns) return false;
    if (is_wire_busy(w, outstanding_bytes)) return false;
    w->credits--;
    w->limit++;
    return true;
}
