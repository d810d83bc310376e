/* SPDX-License-Identifier: MIT */
#ifndef PL_HTTP_WINDOW_H
#define PL_HTTP_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How many requests to one host run at a time, learned while they run. What TCP does for segments
 * (slow start, halving: RFC 5681; the delay of a queue as a sign of fullness: Brakmo and Peterson,
 * "TCP Vegas", 1995) is done for requests:
 *  - each answer allows one request more, while requests wait, so that the window doubles per round
 *    trip;
 *  - not when the host is so near that the window is never what holds a request up, when the first
 *    bytes take twice as long as the quickest did (they queue somewhere), or when what was begun
 *    keeps the wire busy for the next two round trips;
 *  - a refusal (429, 503), a timeout or a broken connection halves it, once per round trip, and
 * from then on it grows by one per round trip. So a window that starts with enough for what is near
 * grows for what is far alone. No clock, no I/O. One thread.
 */
struct pl_http_window {
    unsigned limit; /* requests at a time, now */
    unsigned start, max;
    /* The rest is the window's own. */
    unsigned credits, answers_until_credit;
    bool is_careful;           /* something was refused: grows by one per round trip */
    int64_t round_trip_ns;     /* 0: not known */
    int64_t quickest_ns;       /* first byte after the request; 0: none yet */
    int64_t usual_ns;          /* of the last ones, smoothed */
    int64_t halved_ns;         /* when; 0: never */
    uint64_t best_bytes_per_s; /* received, over one interval */
    int64_t interval_start_ns; /* 0: none */
    uint64_t interval_bytes;
};

#define PL_HTTP_WINDOW_MIN 4
/* From a host this near, 64 requests at a time are 32,000 per second: more than a processor asks
 * for. */
#define PL_HTTP_WINDOW_NEAR_NS 2000000

void pl_http_window_init(struct pl_http_window *w, unsigned start, unsigned max);
/* A connection's round trip as the kernel measured it, which no busy processor stretches; the least
 * counts. A host of which none is known counts as near. */
void pl_http_window_connected(struct pl_http_window *w, int64_t round_trip_ns);
/* A request was answered, its first byte `wait_ns` after it was sent. */
void pl_http_window_answered(struct pl_http_window *w, int64_t wait_ns);
/* Body bytes came. */
void pl_http_window_received(struct pl_http_window *w, int64_t now_ns, uint64_t bytes);
/* A request was refused for load, timed out or broke off. */
void pl_http_window_refused(struct pl_http_window *w, int64_t now_ns);
/* Requests wait and `limit` are running; `outstanding_bytes` of their bodies are still to come.
 * True when the limit was raised by one. */
bool pl_http_window_grow(struct pl_http_window *w, uint64_t outstanding_bytes);

#endif
