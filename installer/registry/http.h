/* SPDX-License-Identifier: MIT */
#ifndef PL_HTTP_H
#define PL_HTTP_H

#include "base/err.h"
#include "base/str.h"

/*
 * HTTP on one event loop (libcurl's multi interface on epoll): pooled connections, a queue by
 * priority per host, redirects with credentials dropped across hosts, retries with back-off for
 * what is worth retrying: connection failures, timeouts, truncated bodies, 408, 425, 429 and 5xx
 * (Retry-After is obeyed within retry_max_ms). One thread; pl_http_wake() from any.
 */
struct pl_http;

enum pl_http_version { PL_HTTP_1_1, PL_HTTP_2 }; /* HTTP/2 only over TLS, when the server has it */

#define PL_HTTP_START_CONNECTIONS 64
#define PL_HTTP_MAX_CONNECTIONS 256

struct pl_http_options {
    /* Transfers at once per host, at most; 0: PL_HTTP_MAX_CONNECTIONS. They begin with
     * PL_HTTP_START_CONNECTIONS and grow where that pays (http_window.h). */
    unsigned max_connections;
    enum pl_http_version version;
    unsigned retries;                /* fetch-retries; 0: none */
    long retry_min_ms, retry_max_ms; /* back-off, doubling in between; 0: 250 and 60,000 */
    long timeout_ms;                 /* of no progress, in whole seconds; 0: 60,000 */
    const char *user_agent;          /* NULL: plumb's */
    const char *cafile;              /* NULL: system */
    const char *ca, *cert, *key;     /* PEM texts: trusted authorities, our certificate; or NULL */
    const char *proxy, *https_proxy, *noproxy; /* NULL: environment */
    bool insecure;                             /* strict-ssl=false */
    /* Files of the certificate to show to a URL's host instead of `cert` and `key`; false: those.
     * May be NULL. Called when a request starts. */
    bool (*find_certificate)(void *user, const char *url, const char **certfile,
                             const char **keyfile);
    void *user;
};

/* Copies the options. */
struct pl_http *pl_http_new(const struct pl_http_options *options, struct pb_err *err);
void pl_http_free(struct pl_http *http); /* cancels what is under way, without callbacks */

struct pl_http_response {
    long status;                 /* HTTP status, 0 when none arrived */
    struct pb_str etag;          /* empty when absent; valid during the callback */
    struct pb_str effective_url; /* after redirects; valid during the callback */
    uint64_t body_bytes;         /* as received */
    bool gzip;                   /* the body is gzip (request->gzip) */
};

struct pl_http_request {
    const char *url;           /* http: or https: */
    const char *accept;        /* NULL: any */
    const char *authorization; /* NULL: none; sent only to this URL's host, port and protocol */
    const char *etag;          /* If-None-Match, or NULL */
    /* Accepts gzip (metadata). The body is handed over as received: response->gzip tells whether it
     * must go through pl_gunzip(), which is best done whole and on another thread. */
    bool gzip;
    uint64_t max_body_bytes; /* more is a LIMIT error; 0: 1 GiB */
    int priority;            /* higher starts first among waiting requests */
    /* Size of the body of a 2xx answer, before its first bytes, where the server tells it: a hint
     * for one allocation. May be NULL. */
    void (*on_length)(void *user, uint64_t bytes);
    /* Body bytes of a 2xx answer as they arrive; return -1 to abort with `err`. A retry calls
     * on_restart first (where bytes were handed over). All callbacks run inside pl_http_poll();
     * they may start requests, but not free or poll. `user` is handed through. */
    int (*on_data)(void *user, const char *data, size_t n, struct pb_err *err);
    void (*on_restart)(void *user);
    /* Exactly once: err is NULL on any complete HTTP answer (look at the status). */
    void (*on_done)(void *user, const struct pl_http_response *response, const struct pb_err *err);
    void *user;
};

/* Copies what it needs. Starts at the next pl_http_poll(), or when a connection is free. */
int pl_http_start(struct pl_http *http, const struct pl_http_request *request,
                  struct pb_err *err) PB_MUST_CHECK;
/* Drives transfers and runs callbacks; waits at most timeout_ms (-1: no limit) for something to
 * happen, or until pl_http_wake(). A wake since the last poll lets it return at once. */
int pl_http_poll(struct pl_http *http, int timeout_ms, struct pb_err *err) PB_MUST_CHECK;
void pl_http_wake(struct pl_http *http);
unsigned pl_http_active(const struct pl_http *http); /* started and not done, waiting included */

struct pl_http_counts {
    uint64_t requests;       /* attempts, retries included */
    uint64_t retries;        /* of them, repeated ones */
    uint64_t connections;    /* opened */
    uint64_t peak_transfers; /* at once, to one host */
    uint64_t received_bytes; /* headers and bodies, before any decoding */
};
struct pl_http_counts pl_http_counts(const struct pl_http *http);

#endif
