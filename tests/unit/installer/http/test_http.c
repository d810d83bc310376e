/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "fault_server.h"
#include "installer/registry/http.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* What a request came to. */
struct outcome {
    char body[4096];
    size_t body_n, total;
    uint64_t length_hint;
    unsigned restarts, done;
    long status;
    char etag[64], url[300];
    bool gzip, fail_on_data;
    struct pb_err err;
    unsigned *finish_counter, finished_at;
};

static void keep_length(void *user, uint64_t bytes)
{
    ((struct outcome *)user)->length_hint = bytes;
}

static int keep_data(void *user, const char *data, size_t n, struct pb_err *err)
{
    struct outcome *o = user;
    if (o->fail_on_data) return pb_err_set(err, PB_E_INTEGRITY, "consumer says no");
    size_t room = sizeof o->body - o->body_n, take = n < room ? n : room;
    memcpy(o->body + o->body_n, data, take);
    o->body_n += take;
    o->total += n;
    return 0;
}

static void restart(void *user)
{
    struct outcome *o = user;
    o->restarts++;
    o->body_n = o->total = 0;
}

static void keep_result(void *user, const struct pl_http_response *r, const struct pb_err *err)
{
    struct outcome *o = user;
    o->done++;
    o->status = r->status;
    o->gzip = r->gzip;
    snprintf(o->etag, sizeof o->etag, PB_FMT, PB_ARG(r->etag));
    snprintf(o->url, sizeof o->url, PB_FMT, PB_ARG(r->effective_url));
    if (err) o->err = *err;
    if (o->finish_counter) o->finished_at = (*o->finish_counter)++;
}

static struct pl_http *new_http(struct pl_http_options options)
{
    struct pb_err err = PB_ERR_INIT;
    options.retry_min_ms = 1;
    if (!options.retry_max_ms) options.retry_max_ms = 20;
    options.noproxy = "*";
    struct pl_http *http = pl_http_new(&options, &err);
    cr_assert_not_null(http, "%s", err.msg);
    return http;
}

static void start(struct pl_http *http, struct pl_http_request r, struct outcome *o)
{
    struct pb_err err = PB_ERR_INIT;
    r.on_data = keep_data;
    r.on_restart = restart;
    r.on_done = keep_result;
    r.on_length = keep_length;
    r.user = o;
    cr_assert_eq(pl_http_start(http, &r, &err), 0, "%s", err.msg);
}

/* Polls without a limit: an event that got lost would hang here and fail by timeout. */
static void run(struct pl_http *http)
{
    struct pb_err err = PB_ERR_INIT;
    while (pl_http_active(http))
        cr_assert_eq(pl_http_poll(http, 1000, &err), 0, "%s", err.msg);
}

/* One request on a loop of its own. */
static struct outcome fetch(struct pl_http_options options, struct pl_http_request r)
{
    struct outcome o = {0};
    struct pl_http *http = new_http(options);
    start(http, r, &o);
    run(http);
    cr_expect_eq(o.done, 1, "on_done runs once, not %u times", o.done);
    pl_http_free(http);
    return o;
}

#define RETRY_TWICE ((struct pl_http_options){.retries = 2})

static const struct fault_answer answers[] = {
    {"/ok", .status = 200, .headers = "etag: \"v1\"\r\n", .body = "hello"},
    {"/empty", .status = 200},
    {"/chunked", .status = 200, .body = "hello", .chunked = true},
    {"/once-500", .times = 1, .status = 500, .body = "oops"},
    {"/once-500", .status = 200, .body = "fine"},
    {"/always-503", .status = 503, .body = "down"},
    {"/once-429", .times = 1, .status = 429, .headers = "retry-after: 1\r\n"},
    {"/once-429", .status = 200, .body = "fine"},
    {"/once-408", .times = 1, .status = 408},
    {"/once-408", .status = 200, .body = "fine"},
    {"/once-hang-up", .times = 1, .status = 0},
    {"/once-hang-up", .status = 200, .body = "fine"},
    {"/once-cut", .times = 1, .status = 200, .body = "hello", .cut = true},
    {"/once-cut", .status = 200, .body = "hello"},
    {"/once-cut-chunked", .times = 1, .status = 200, .body = "hello", .chunked = true, .cut = true},
    {"/once-cut-chunked", .status = 200, .body = "hello"},
    {"/always-cut", .status = 200, .body = "hello", .cut = true},
    {"/claims-more", .status = 200, .body = "hello", .claimed_bytes = 9, .close = true},
    {"/claims-less", .status = 200, .body = "hello", .claimed_bytes = 4, .close = true},
    {"/stalls", .status = 200, .body = "hello", .stall_ms = 60000},
    {"/slow", .status = 200, .body = "hello", .delay_ms = 300},
    {"/slow-503", .status = 503, .body = "down", .delay_ms = 100},
    {"/same", .status = 304, .headers = "etag: \"v1\"\r\n"},
    {"/missing", .status = 404, .body = "{\"error\":\"not found\"}"},
    {"/gzip", .status = 200, .headers = "content-encoding: gzip\r\n", .body = "not really"},
    {"/large", .status = 200, .body = "0123456789"},
    {"/large-chunked", .status = 200, .body = "0123456789", .chunked = true},
    {"/loop", .status = 302, .headers = "location: /loop\r\n"},
    {"/here", .status = 302, .headers = "location: /ok\r\n", .body = "moved"},
    {"/file", .status = 302, .headers = "location: file:///etc/hostname\r\n"},
    {NULL},
};

/* path, options of the request -> what comes of it */
static const struct {
    const char *path;
    unsigned retries;
    uint64_t max_body_bytes;
    long status;
    enum pb_code code;
    const char *body;
    unsigned requests;
} cases[] = {
    {"/ok", 0, 0, 200, PB_E_OK, "hello", 1},
    {"/empty", 0, 0, 200, PB_E_OK, "", 1},
    {"/chunked", 0, 0, 200, PB_E_OK, "hello", 1},
    {"/once-500", 2, 0, 200, PB_E_OK, "fine", 2},
    {"/once-500", 0, 0, 500, PB_E_OK, "", 1},
    {"/always-503", 2, 0, 503, PB_E_OK, "", 3},
    {"/once-429", 1, 0, 200, PB_E_OK, "fine", 2},
    {"/once-408", 1, 0, 200, PB_E_OK, "fine", 2},
    {"/once-hang-up", 1, 0, 200, PB_E_OK, "fine", 2},
    {"/once-cut", 1, 0, 200, PB_E_OK, "hello", 2},
    {"/once-cut-chunked", 1, 0, 200, PB_E_OK, "hello", 2},
    {"/always-cut", 2, 0, 200, PB_E_NETWORK, "hell", 3},
    {"/claims-more", 1, 0, 200, PB_E_NETWORK, "hello", 2},
    {"/claims-less", 0, 0, 200, PB_E_OK, "hell", 1},
    {"/missing", 2, 0, 404, PB_E_OK, "", 1},
    {"/large", 2, 10, 200, PB_E_OK, "0123456789", 1},
    {"/large", 2, 9, 200, PB_E_LIMIT, "", 1},
    {"/large-chunked", 2, 9, 200, PB_E_LIMIT, "", 1},
    {"/loop", 2, 0, 302, PB_E_NETWORK, "", 11},
    {"/here", 0, 0, 200, PB_E_OK, "hello", 2},
    {"/file", 2, 0, 302, PB_E_NETWORK, "", 1},
};

Test(http, outcome_of_an_answer)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault_server *server = fault_server_start(answers);
        struct pl_http_options options = {.retries = cases[i].retries};
        struct outcome o =
            fetch(options, (struct pl_http_request){.url = fault_server_url(server, cases[i].path),
                                                    .max_body_bytes = cases[i].max_body_bytes});
        cr_expect_eq(o.err.code, cases[i].code, "%s: %s", cases[i].path, o.err.msg);
        cr_expect_eq(o.status, cases[i].status, "%s: %ld", cases[i].path, o.status);
        cr_expect(pb_str_is(pb_strn(o.body, o.body_n), cases[i].body), "%s: %.*s", cases[i].path,
                  (int)o.body_n, o.body);
        unsigned requests = fault_server_requests(server);
        cr_expect_eq(requests, cases[i].requests, "%s: %u requests", cases[i].path, requests);
        fault_server_stop(server);
    }
}

Test(http, response_carries_etag_length_and_url)
{
    struct fault_server *server = fault_server_start(answers);
    struct outcome o =
        fetch(RETRY_TWICE, (struct pl_http_request){.url = fault_server_url(server, "/here")});
    cr_expect_str_eq(o.etag, "\"v1\"");
    cr_expect_eq(o.length_hint, 5);
    cr_expect_str_eq(o.url, fault_server_url(server, "/ok"));
    cr_expect_not(o.gzip);
    o = fetch(RETRY_TWICE, (struct pl_http_request){.url = fault_server_url(server, "/chunked")});
    cr_expect_eq(o.length_hint, 0, "an unknown length is not announced");
    fault_server_stop(server);
}

Test(http, gzip_is_asked_for_and_handed_over_as_received)
{
    struct fault_server *server = fault_server_start(answers);
    const char *url = fault_server_url(server, "/gzip");
    struct outcome o = fetch(RETRY_TWICE, (struct pl_http_request){.url = url, .gzip = true});
    cr_expect(o.gzip);
    cr_expect(pb_str_is(pb_strn(o.body, o.body_n), "not really"));
    fetch(RETRY_TWICE, (struct pl_http_request){.url = url});
    cr_expect_str_eq(fault_server_request(server, 0).encoding, "gzip");
    cr_expect_str_eq(fault_server_request(server, 1).encoding, "");
    fault_server_stop(server);
}

Test(http, not_modified_is_a_complete_answer)
{
    struct fault_server *server = fault_server_start(answers);
    struct outcome o =
        fetch(RETRY_TWICE, (struct pl_http_request){.url = fault_server_url(server, "/same"),
                                                    .etag = "\"v1\"",
                                                    .accept = "application/json; q=0.8"});
    cr_expect_eq(o.status, 304);
    cr_expect_eq(o.err.code, PB_E_OK, "%s", o.err.msg);
    cr_expect_str_eq(fault_server_request(server, 0).etag, "\"v1\"");
    cr_expect_str_eq(fault_server_request(server, 0).accept, "application/json; q=0.8");
    fault_server_stop(server);
}

Test(http, retry_drops_what_was_handed_over)
{
    struct fault_server *server = fault_server_start(answers);
    struct outcome o =
        fetch(RETRY_TWICE, (struct pl_http_request){.url = fault_server_url(server, "/once-cut")});
    cr_expect_eq(o.restarts, 1);
    cr_expect_eq(o.total, 5);
    o = fetch(RETRY_TWICE, (struct pl_http_request){.url = fault_server_url(server, "/once-500")});
    cr_expect_eq(o.restarts, 0, "the page of an error is not handed over");
    fault_server_stop(server);
}

Test(http, stalled_body_times_out)
{
    struct fault_server *server = fault_server_start(answers);
    struct outcome o = fetch((struct pl_http_options){.timeout_ms = 1000},
                             (struct pl_http_request){.url = fault_server_url(server, "/stalls")});
    cr_expect_eq(o.err.code, PB_E_TIMEOUT, "%s", o.err.msg);
    fault_server_stop(server);
}

Test(http, consumer_failure_is_passed_on_and_not_retried)
{
    struct fault_server *server = fault_server_start(answers);
    struct outcome o = {.fail_on_data = true};
    struct pl_http *http = new_http(RETRY_TWICE);
    start(http, (struct pl_http_request){.url = fault_server_url(server, "/ok")}, &o);
    run(http);
    cr_expect_eq(o.err.code, PB_E_INTEGRITY, "%s", o.err.msg);
    cr_expect_eq(fault_server_requests(server), 1);
    pl_http_free(http);
    fault_server_stop(server);
}

Test(http, authorization_stays_with_its_host)
{
    struct fault_server *target = fault_server_start(answers);
    char other_port[300], other_name[300];
    struct fault_answer moves[] = {
        {"/same-host", .status = 302, .headers = "location: /here\r\n"},
        {"/here", .status = 200},
        {"/other-port", .status = 302, .headers = other_port},
        {"/other-name", .status = 302, .headers = other_name},
        {NULL},
    };
    snprintf(other_port, sizeof other_port, "location: %s\r\n", fault_server_url(target, "/ok"));
    snprintf(other_name, sizeof other_name, "location: %s\r\n",
             fault_server_url_as(target, "localhost", "/ok"));
    struct fault_server *server = fault_server_start(moves);
    static const char *const paths[] = {"/same-host", "/other-port", "/other-name"};
    for (size_t i = 0; i < 3; i++) {
        struct outcome o =
            fetch(RETRY_TWICE, (struct pl_http_request){.url = fault_server_url(server, paths[i]),
                                                        .authorization = "Bearer secret"});
        cr_expect_eq(o.status, 200, "%s: %s", paths[i], o.err.msg);
    }
    for (unsigned i = 0; i < fault_server_requests(server); i++)
        cr_expect_str_eq(fault_server_request(server, i).authorization, "Bearer secret");
    cr_expect_eq(fault_server_requests(target), 2);
    for (unsigned i = 0; i < fault_server_requests(target); i++)
        cr_expect_str_eq(fault_server_request(target, i).authorization, "");
    fault_server_stop(server);
    fault_server_stop(target);
}

Test(http, refused_connection_is_a_network_error)
{
    struct fault_server *server = fault_server_start(answers);
    char url[300];
    snprintf(url, sizeof url, "%s", fault_server_url(server, "/ok"));
    fault_server_stop(server);
    struct outcome o = fetch(RETRY_TWICE, (struct pl_http_request){.url = url});
    cr_expect_eq(o.err.code, PB_E_NETWORK, "%s", o.err.msg);
    cr_expect_eq(o.status, 0);
}

static const char *const bad_urls[] = {
    "", "ftp://registry.example/", "http://", "/x", "http://a b/", "file:///etc/passwd"};

Test(http, other_urls_are_refused)
{
    struct pl_http *http = new_http(RETRY_TWICE);
    for (size_t i = 0; i < sizeof bad_urls / sizeof *bad_urls; i++) {
        struct pb_err err = PB_ERR_INIT;
        struct pl_http_request r = {
            .url = bad_urls[i], .on_data = keep_data, .on_done = keep_result};
        cr_expect_eq(pl_http_start(http, &r, &err), -1, "%s", bad_urls[i]);
        cr_expect_eq(err.code, PB_E_BAD_INPUT);
    }
    cr_expect_eq(pl_http_active(http), 0);
    pl_http_free(http);
}

Test(http, connections_are_reused_and_bounded)
{
    enum { COUNT = 200, CONNECTIONS = 4 };
    struct fault_server *server = fault_server_start(answers);
    static struct outcome o[COUNT];
    struct pl_http *http = new_http((struct pl_http_options){.max_connections = CONNECTIONS});
    for (unsigned i = 0; i < COUNT; i++)
        start(http, (struct pl_http_request){.url = fault_server_url(server, "/ok")}, &o[i]);
    cr_expect_eq(pl_http_active(http), COUNT);
    run(http);
    for (unsigned i = 0; i < COUNT; i++)
        cr_expect(o[i].status == 200 && o[i].done == 1);
    struct pl_http_counts counts = pl_http_counts(http);
    cr_expect_eq(counts.requests, COUNT);
    cr_expect_eq(counts.retries, 0);
    cr_expect_eq(counts.connections, fault_server_connections(server));
    cr_expect_leq(counts.connections, CONNECTIONS);
    cr_expect_gt(counts.received_bytes, COUNT * 5);
    pl_http_free(http);
    fault_server_stop(server);
}

/* The answers come after 300 ms each, but the host is near: it works, nothing is on the way. */
Test(http, a_slow_host_that_is_near_gets_no_more_at_a_time)
{
    enum { COUNT = 150 };
    struct fault_server *server = fault_server_start(answers);
    static struct outcome o[COUNT];
    struct pl_http *http = new_http((struct pl_http_options){0});
    for (unsigned i = 0; i < COUNT; i++)
        start(http, (struct pl_http_request){.url = fault_server_url(server, "/slow")}, &o[i]);
    run(http);
    struct pl_http_counts counts = pl_http_counts(http);
    cr_expect_eq(counts.requests, COUNT);
    cr_expect_leq(counts.peak_transfers, PL_HTTP_START_CONNECTIONS);
    pl_http_free(http);
    fault_server_stop(server);
}

/* Each answer is a refusal. */
Test(http, a_host_that_refuses_gets_no_more_at_a_time)
{
    enum { COUNT = 150 };
    struct fault_server *server = fault_server_start(answers);
    static struct outcome o[COUNT];
    struct pl_http *http = new_http((struct pl_http_options){0});
    for (unsigned i = 0; i < COUNT; i++)
        start(http, (struct pl_http_request){.url = fault_server_url(server, "/slow-503")}, &o[i]);
    run(http);
    cr_expect_leq(pl_http_counts(http).peak_transfers, PL_HTTP_START_CONNECTIONS);
    pl_http_free(http);
    fault_server_stop(server);
}

/* With one connection the order of completion is the order of starting. */
Test(http, higher_priority_starts_first)
{
    static const int priorities[] = {0, 5, 1, 5, -3, 1};
    static const unsigned expected[] = {4, 0, 2, 1, 5, 3};
    struct fault_server *server = fault_server_start(answers);
    struct pl_http *http = new_http((struct pl_http_options){.max_connections = 1});
    struct outcome o[6] = {0};
    unsigned counter = 0;
    for (size_t i = 0; i < 6; i++) {
        o[i].finish_counter = &counter;
        start(http,
              (struct pl_http_request){.url = fault_server_url(server, "/ok"),
                                       .priority = priorities[i]},
              &o[i]);
    }
    run(http);
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(o[i].finished_at, expected[i], "request %zu", i);
    pl_http_free(http);
    fault_server_stop(server);
}

Test(http, free_cancels_without_callbacks)
{
    struct fault_server *server = fault_server_start(answers);
    struct pl_http *http = new_http(
        (struct pl_http_options){.max_connections = 2, .retries = 5, .retry_max_ms = 60000});
    struct outcome o[5] = {0};
    struct pb_err err = PB_ERR_INIT;
    static const char *const paths[] = {"/stalls", "/stalls", "/ok", "/ok", "/ok"};
    for (size_t i = 0; i < 5; i++)
        start(http, (struct pl_http_request){.url = fault_server_url(server, paths[i])}, &o[i]);
    while (fault_server_requests(server) < 2)
        cr_assert_eq(pl_http_poll(http, 10, &err), 0);
    pl_http_free(http);
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(o[i].done, 0);
    fault_server_stop(server);
}

static void *wake_it(void *http)
{
    pl_http_wake(http);
    pl_http_wake(http);
    return NULL;
}

/* Without the wake the polls would not return at all. */
Test(http, wake_ends_a_poll, .timeout = 60)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_http *http = new_http(RETRY_TWICE);
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        cr_assert_eq(pthread_create(&thread, NULL, wake_it, http), 0);
        cr_expect_eq(pl_http_poll(http, -1, &err), 0);
        pthread_join(thread, NULL);
        cr_expect_eq(pl_http_poll(http, 0, &err), 0);
    }
    pl_http_free(http);
}

/* A request started by a callback runs as well. */
struct chain {
    struct pl_http *http;
    const char *url;
    unsigned left;
};

static int drop_data(void *user, const char *data, size_t n, struct pb_err *err)
{
    (void)user;
    (void)data;
    (void)n;
    (void)err;
    return 0;
}

static void start_next(void *user, const struct pl_http_response *r, const struct pb_err *err)
{
    struct chain *c = user;
    cr_assert_null(err);
    cr_assert_eq(r->status, 200);
    if (c->left-- == 0) return;
    struct pb_err start_err = PB_ERR_INIT;
    struct pl_http_request next = {
        .url = c->url, .on_data = drop_data, .on_done = start_next, .user = c};
    cr_assert_eq(pl_http_start(c->http, &next, &start_err), 0);
}

Test(http, callbacks_may_start_requests)
{
    struct fault_server *server = fault_server_start(answers);
    struct pl_http *http = new_http(RETRY_TWICE);
    struct chain c = {http, fault_server_url(server, "/ok"), 50};
    struct pb_err err = PB_ERR_INIT;
    struct pl_http_request first = {
        .url = c.url, .on_data = drop_data, .on_done = start_next, .user = &c};
    cr_assert_eq(pl_http_start(http, &first, &err), 0);
    run(http);
    cr_expect_eq(fault_server_requests(server), 51);
    cr_expect_eq(pl_http_counts(http).connections, 1);
    pl_http_free(http);
    fault_server_stop(server);
}

/* The name cannot be resolved here: only the proxy can have answered. */
Test(http, requests_go_through_the_proxy)
{
    static const struct fault_answer as_proxy[] = {
        {"http://registry.example/a", .status = 200, .body = "by proxy"}, {NULL}};
    struct fault_server *proxy = fault_server_start(as_proxy);
    struct pb_err err = PB_ERR_INIT;
    struct pl_http_options options = {.proxy = fault_server_url(proxy, ""), .noproxy = ""};
    struct pl_http *http = pl_http_new(&options, &err);
    cr_assert_not_null(http, "%s", err.msg);
    struct outcome o = {0};
    start(http, (struct pl_http_request){.url = "http://registry.example/a"}, &o);
    run(http);
    cr_expect_eq(o.status, 200, "%s", o.err.msg);
    cr_expect(pb_str_is(pb_strn(o.body, o.body_n), "by proxy"));
    pl_http_free(http);
    fault_server_stop(proxy);
}
