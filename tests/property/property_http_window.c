/* SPDX-License-Identifier: MIT */
/*
 * The window of requests against a simulated host in virtual time: a round trip, a number of
 * requests that it works on at once, a wire with a rate, now and then a refusal.
 *   property_http_window [SEEDS [FIRST]]
 */
#include "installer/registry/http_window.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

enum { START = 64, MAX = 256, REQUESTS = 4000 };

static uint64_t random_state, seed;

static uint32_t random_below(uint32_t below) /* splitmix64 */
{
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 16) % below;
}

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            fprintf(stderr, "seed %llu: line %d: %s\n", (unsigned long long)seed, __LINE__,        \
                    #cond);                                                                        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

struct host {
    int64_t round_trip_ns;
    unsigned at_once;            /* requests that it works on */
    int64_t work_ns;             /* on each */
    uint64_t bytes, bytes_per_s; /* of each answer; of the wire */
    uint32_t refused_percent;
};

struct request {
    int64_t sent_ns, first_byte_ns, end_ns;
    bool is_refused;
};

struct run {
    const struct host *host;
    struct pl_http_window window;
    struct request active[MAX];
    unsigned active_n, least, most;
    int64_t now_ns, wire_free_ns, worker_free_ns[MAX];
    unsigned left, answered, refused;
};

static void send_request(struct run *r)
{
    const struct host *h = r->host;
    unsigned next = 0;
    for (unsigned i = 1; i < h->at_once; i++)
        if (r->worker_free_ns[i] < r->worker_free_ns[next]) next = i;
    int64_t there_ns = r->now_ns + h->round_trip_ns / 2;
    int64_t begin_ns = there_ns > r->worker_free_ns[next] ? there_ns : r->worker_free_ns[next];
    int64_t done_ns = r->worker_free_ns[next] = begin_ns + h->work_ns;
    int64_t on_wire_ns = done_ns > r->wire_free_ns ? done_ns : r->wire_free_ns;
    r->wire_free_ns = on_wire_ns + (int64_t)(h->bytes * PB_NS_PER_S / h->bytes_per_s);
    r->active[r->active_n++] =
        (struct request){.sent_ns = r->now_ns,
                         .first_byte_ns = on_wire_ns + h->round_trip_ns / 2,
                         .end_ns = r->wire_free_ns + h->round_trip_ns / 2,
                         .is_refused = random_below(100) < h->refused_percent};
    r->left--;
}

static void end_next(struct run *r)
{
    unsigned next = 0;
    for (unsigned i = 1; i < r->active_n; i++)
        if (r->active[i].end_ns < r->active[next].end_ns) next = i;
    struct request done = r->active[next];
    r->active[next] = r->active[--r->active_n];
    r->now_ns = done.end_ns;
    if (done.is_refused) {
        r->refused++;
        pl_http_window_refused(&r->window, r->now_ns);
    } else {
        r->answered++;
        pl_http_window_received(&r->window, r->now_ns, r->host->bytes);
        pl_http_window_answered(&r->window, done.first_byte_ns - done.sent_ns);
    }
    if (r->window.limit < r->least) r->least = r->window.limit;
}

static uint64_t outstanding(const struct run *r)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < r->active_n; i++)
        if (r->active[i].first_byte_ns <= r->now_ns) bytes += r->host->bytes;
    return bytes;
}

static double run(struct run *r, const struct host *host, unsigned start, unsigned max)
{
    *r = (struct run){.host = host, .left = REQUESTS, .now_ns = 1};
    pl_http_window_init(&r->window, start, max);
    pl_http_window_connected(&r->window, host->round_trip_ns);
    r->least = r->window.limit;
    while (r->left > 0 || r->active_n > 0) {
        while (r->left > 0) {
            if (r->active_n < r->window.limit)
                send_request(r);
            else if (!pl_http_window_grow(&r->window, outstanding(r)))
                break;
            if (r->window.limit > r->most) r->most = r->window.limit;
            CHECK(r->window.limit <= max && r->window.limit >= 1);
        }
        end_next(r);
    }
    CHECK(r->answered + r->refused == REQUESTS);
    return (double)r->now_ns / PB_NS_PER_S;
}

static struct host random_host(void)
{
    static const int64_t round_trips_us[] = {100, 500, 5000, 20000, 50000, 200000};
    return (struct host){.round_trip_ns = round_trips_us[random_below(6)] * 1000,
                         .at_once = 1 + random_below(MAX),
                         .work_ns = random_below(3000) * 1000,
                         .bytes = 200 + random_below(random_below(4) ? 20000 : 500000),
                         .bytes_per_s = 1000000ull << random_below(9),
                         .refused_percent = random_below(4) ? 0 : 1 + random_below(20)};
}

static void check_host(const struct host *h)
{
    static struct run grown, fixed, one;
    double with = run(&grown, h, START, MAX);
    unsigned by_user = 1 + random_below(START);
    run(&one, h, START, by_user);
    CHECK(one.most <= by_user); /* maxsockets */
    if (h->refused_percent > 0) {
        CHECK(grown.least >= PL_HTTP_WINDOW_MIN && (grown.refused == 0 || grown.least <= MAX / 2));
        return;
    }
    double without = run(&fixed, h, START, START);
    CHECK(grown.least == START); /* nothing was refused */
    CHECK(with <= without * 1.001);
    if (h->round_trip_ns < PL_HTTP_WINDOW_NEAR_NS) CHECK(grown.most <= START);
    /* Far, all at once, and small: the window was what held it up, so it is four times as fast, but
     * for the round trips in which the window grows. */
    bool is_free =
        h->at_once == MAX && h->round_trip_ns >= 20 * PB_NS_PER_MS &&
        h->bytes * MAX * 4 < h->bytes_per_s / 1000 * (uint64_t)(h->round_trip_ns / 1000000);
    if (is_free) CHECK(grown.most == MAX && with < without / 2);
    /* As much is under way as the wire holds: no more. */
    bool is_full =
        h->bytes * START > 8 * (h->bytes_per_s / 1000 * (uint64_t)(h->round_trip_ns / 1000000));
    if (is_full && h->round_trip_ns >= 5 * PB_NS_PER_MS) CHECK(grown.most < 2 * START);
}

int main(int argc, char **argv)
{
    uint64_t seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : 300;
    uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    const struct host far = {50 * PB_NS_PER_MS, MAX, 1, 2000, 1000ull << 20, 0};
    check_host(&far);
    for (uint64_t i = 0; i < seeds; i++) {
        seed = random_state = first + i;
        struct host host = random_host();
        check_host(&host);
    }
    printf("%llu seeds from %llu: all rules hold\n", (unsigned long long)seeds,
           (unsigned long long)first);
    return 0;
}
