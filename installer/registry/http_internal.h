/* SPDX-License-Identifier: MIT */
#ifndef PL_HTTP_INTERNAL_H
#define PL_HTTP_INTERNAL_H

#include "installer/late_libraries/libcurl.h"
#include "installer/registry/http.h"
#include "installer/registry/http_window.h"

#include <stdatomic.h>

/* Shared by http.c (the loop), http_queue.c (what waits), http_slot.c (handles),
 * http_transfer.c (one attempt) and http_retry.c (whether and when again). */

/* A request from start to done; its texts follow the struct in the same block. */
struct pl_http_transfer {
    struct pl_http_request request; /* with pointers into this block */
    struct pl_http_host *host;
    uint64_t order; /* of starting: first come, first served within a priority */
    unsigned attempts;
    int64_t due_ns;   /* while it waits for its next attempt */
    bool handed_over; /* on_data was called in an earlier attempt */
};

/* Waiting transfers of one scheme, host and port; a binary heap. */
struct pl_http_host {
    struct pl_http_host *next;
    struct pl_http_transfer **waiting;
    size_t waiting_n, waiting_cap;
    unsigned active;
    struct pl_http_window window;
    uint64_t outstanding_bytes; /* of active transfers' bodies, where their length is known */
    /* Until the first name look-up is over only one transfer starts: the others would each look up
     * the same name on a thread of their own. */
    bool resolved;
    size_t key_n;
    char key[];
};

/* A libcurl handle with its fixed options, used for one attempt after another. */
struct pl_http_slot {
    struct pl_http *http;
    struct pl_http_slot *prev, *next; /* in the list of active or free slots */
    CURL *easy;
    struct pl_http_transfer *transfer;
    struct curl_slist *headers;
    struct pb_err err;                      /* why a callback aborted */
    uint64_t body_bytes, outstanding_bytes; /* its share of the host's */
    bool began, success;                    /* a body byte was seen; status is 2xx */
    char curl_error[CURL_ERROR_SIZE];
};

struct pl_http {
    struct pl_http_options options; /* texts are own copies */
    CURLM *multi;
    CURLSH *tls_sessions;
    int epoll_fd, wake_fd;
    atomic_bool wake_pending;
    int64_t timer_due_ns; /* libcurl's timer; -1: none */
    struct pl_http_host *hosts;
    struct pl_http_slot *active, *free_slots;
    struct pl_http_transfer **delayed; /* waiting for their next attempt */
    size_t delayed_n, delayed_cap;
    uint64_t next_order;
    unsigned active_count;
    uint32_t jitter;
    struct pl_http_counts counts;
};

/* http_queue.c */
struct pl_http_host *pl_http_host_of(struct pl_http *http, const char *url, struct pb_err *err);
void pl_http_enqueue(struct pl_http_transfer *t);
struct pl_http_transfer *pl_http_dequeue(struct pl_http_host *host); /* NULL: none waits */
void pl_http_hosts_free(struct pl_http *http); /* with the transfers that wait there */

/* http_transfer.c */
struct pl_http_transfer *pl_http_transfer_new(const struct pl_http_request *request);
/* Hands an attempt to libcurl. On failure the transfer is finished with the error. */
void pl_http_attempt(struct pl_http *http, struct pl_http_transfer *t);
/* After libcurl is done with a slot: on_done or another attempt later. */
void pl_http_finish(struct pl_http_slot *slot, CURLcode result);
size_t pl_http_on_body(char *data, size_t size, size_t n, void *slot); /* libcurl's callback */

/* http_slot.c */
CURLcode pl_http_set_certificate(struct pl_http_slot *slot, const char *url);
struct pl_http_slot *pl_http_slot_take(struct pl_http *http);
void pl_http_slot_release(struct pl_http_slot *slot); /* takes it off libcurl's hands as well */
void pl_http_slots_free(struct pl_http *http);        /* with the transfers that use them */

/* http_retry.c */
bool pl_http_result_is_retryable(CURLcode result);
bool pl_http_status_is_retryable(long status);
/* Wait before attempt number `attempts` + 1. `retry_after_s`: the server's wish, 0: none. */
int64_t pl_http_backoff_ms(const struct pl_http_options *options, unsigned attempts,
                           int64_t retry_after_s, uint32_t *jitter);

#endif
