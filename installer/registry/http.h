/* SPDX-License-Identifier: MIT */
#ifndef PL_HTTP_H
#define PL_HTTP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * HTTP on one event loop (libcurl multi): pooled connections, retries with back-off for what is
 * worth retrying (connection failures, 408, 425, 429 and 5xx with Retry-After, truncated bodies),
 * redirects with credentials dropped across hosts. One thread; pl_http_wake() from any.
 */
struct pl_http;

struct pl_http_options {
    unsigned max_connections; /* per host; 0: default */
    unsigned retries;         /* fetch-retries, 0: none */
    long timeout_ms;          /* of no progress; 0: default */
    const char *user_agent;
    const char *cafile;       /* NULL: system */
    const char *proxy, *https_proxy, *noproxy; /* NULL: environment */
    bool insecure;            /* strict-ssl=false */
};

struct pl_http *pl_http_new(const struct pl_http_options *options, struct pb_err *err);
void pl_http_free(struct pl_http *http); /* cancels what is under way, without callbacks */

struct pl_http_response {
    long status;         /* HTTP status, 0 when none arrived */
    struct pb_str etag;  /* empty when absent; valid during the callback */
    struct pb_str effective_url;
    uint64_t body_bytes; /* as received, before content decoding */
};

struct pl_http_request {
    const char *url;
    const char *accept;        /* NULL: any */
    const char *authorization; /* NULL: none; sent only to this URL's host */
    const char *etag;          /* If-None-Match, or NULL */
    bool compressed;           /* accept and decode gzip/deflate (metadata) */
    uint64_t max_body_bytes;
    int priority;              /* higher starts first among waiting requests */
    /* Body bytes of a 2xx answer as they arrive; return -1 to abort with `err`. A retry calls
     * on_restart first. All callbacks run on the loop thread; `user` is handed through. */
    int (*on_data)(void *user, const char *data, size_t n, struct pb_err *err);
    void (*on_restart)(void *user);
    /* Exactly once: err is NULL on any complete HTTP answer (look at the status). */
    void (*on_done)(void *user, const struct pl_http_response *response, const struct pb_err *err);
    void *user;
};

/* Copies what it needs. Starts now or when a connection is free. */
int pl_http_start(struct pl_http *http, const struct pl_http_request *request, struct pb_err *err)
    PB_MUST_CHECK;
/* Drives transfers and runs callbacks; waits at most timeout_ms (or until pl_http_wake). */
int pl_http_poll(struct pl_http *http, int timeout_ms, struct pb_err *err) PB_MUST_CHECK;
void pl_http_wake(struct pl_http *http);
unsigned pl_http_active(const struct pl_http *http); /* started and not done, waiting included */

struct pl_http_counts {
    uint64_t requests, retries, connections, received_bytes;
};
struct pl_http_counts pl_http_counts(const struct pl_http *http);

#endif
