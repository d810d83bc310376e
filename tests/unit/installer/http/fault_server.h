/* SPDX-License-Identifier: MIT */
#ifndef FAULT_SERVER_H
#define FAULT_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * An HTTP/1.1 server on loopback for tests that answers by a table, wrongly where told so. A thread
 * per connection; keeps connections open unless an answer closes them.
 */
struct fault_answer {
    const char *path;     /* NULL ends a table */
    unsigned times;       /* requests for the path it serves before the next row; 0: all the rest */
    int status;           /* 0: close without an answer */
    const char *headers;  /* more header lines, each with "\r\n"; NULL: none */
    const char *body;     /* NULL: empty */
    size_t body_bytes;    /* 0: strlen(body) */
    size_t claimed_bytes; /* Content-Length; 0: the real one */
    bool chunked;         /* instead of a Content-Length */
    bool cut;             /* the last byte (or chunk) is not sent; then it closes */
    unsigned delay_ms;    /* before the answer */
    unsigned stall_ms;    /* before the second half of the body */
    bool close;           /* after the answer */
};

struct fault_request {
    char path[256], host[128], authorization[128], etag[128], encoding[64], accept[192];
};

struct fault_server;

/* `answers` must outlive the server. A test aborts when it cannot start. */
struct fault_server *fault_server_start(const struct fault_answer *answers);
void fault_server_stop(struct fault_server *server);
/* "http://127.0.0.1:PORT" + path in a buffer of the server's, valid until the 8th next call. */
const char *fault_server_url(struct fault_server *server, const char *path);
/* As above under another host name for the same address. */
const char *fault_server_url_as(struct fault_server *server, const char *host, const char *path);
unsigned fault_server_requests(struct fault_server *server);
unsigned fault_server_connections(struct fault_server *server);
/* The i-th request (from 0) in order of arrival. */
struct fault_request fault_server_request(struct fault_server *server, unsigned i);

#endif
