/* SPDX-License-Identifier: MIT */
/* One attempt at a request, from its options to its result. */
#include "installer/registry/http_internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "installer/config/url.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define DEFAULT_MAX_BODY_BYTES (1ULL << 30)

/* Copies `text` to *at, which moves on. */
static const char *place_text(char **at, const char *text)
{
    if (!text) return NULL;
    size_t n = strlen(text) + 1;
    char *copy = memcpy(*at, text, n);
    *at += n;
    return copy;
}

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

struct pl_http_transfer *pl_http_transfer_new(const struct pl_http_request *request)
{
    size_t texts = text_size(request->url) + text_size(request->accept) +
                   text_size(request->authorization) + text_size(request->etag);
    struct pl_http_transfer *t = pb_calloc(1, sizeof *t + texts);
    char *at = (char *)(t + 1);
    t->request = *request;
    t->request.url = place_text(&at, request->url);
    t->request.accept = place_text(&at, request->accept);
    t->request.authorization = place_text(&at, request->authorization);
    t->request.etag = place_text(&at, request->etag);
    if (t->request.max_body_bytes == 0) t->request.max_body_bytes = DEFAULT_MAX_BODY_BYTES;
    return t;
}

/* The first body bytes of an attempt: what kind of answer is it, and how long? */
static void begin_body(struct pl_http_slot *slot)
{
    const struct pl_http_request *request = &slot->transfer->request;
    long status = 0;
    curl_off_t length = -1;
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    slot->began = true;
    slot->success = status >= 200 && status <= 299;
    if (!slot->success) return;
    slot->transfer->handed_over = true;
    curl_easy_getinfo(slot->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length <= 0) return;
    slot->outstanding_bytes = (uint64_t)length;
    slot->transfer->host->outstanding_bytes += slot->outstanding_bytes;
    if (request->on_length) request->on_length(request->user, (uint64_t)length);
}

static void take_outstanding(struct pl_http_slot *slot, uint64_t bytes)
{
    if (bytes > slot->outstanding_bytes) bytes = slot->outstanding_bytes;
    slot->outstanding_bytes -= bytes;
    slot->transfer->host->outstanding_bytes -= bytes;
}

size_t pl_http_on_body(char *data, size_t size, size_t n, void *user)
{
    (void)size; /* always 1 */
    struct pl_http_slot *slot = user;
    const struct pl_http_request *request = &slot->transfer->request;
    if (!slot->began) begin_body(slot);
    slot->body_bytes += n;
    take_outstanding(slot, n);
    pl_http_window_received(&slot->transfer->host->window, pb_now_ns(), n);
    if (slot->body_bytes > request->max_body_bytes) {
        pb_err_set(&slot->err, PB_E_LIMIT, "the answer is larger than %llu bytes",
                   (unsigned long long)request->max_body_bytes);
        return 0;
    }
    if (!slot->success) return n; /* the page of an error: not wanted */
    return request->on_data(request->user, data, n, &slot->err) == 0 ? n : 0;
}

static void add_header(struct pl_http_slot *slot, const char *name, const char *value)
{
    size_t n = strlen(name) + strlen(value) + 3;
    char *line = pb_malloc(n);
    snprintf(line, n, "%s: %s", name, value);
    struct curl_slist *headers = curl_slist_append(slot->headers, line);
    free(line);
    if (!headers) PB_BUG("out of memory: request headers");
    slot->headers = headers;
}

/* Options that differ between requests: each is set every time, as handles are used again. */
static CURLcode set_request_options(struct pl_http_slot *slot)
{
    const struct pl_http_options *o = &slot->http->options;
    const struct pl_http_request *r = &slot->transfer->request;
    bool tls = strncmp(r->url, "https:", 6) == 0;
    if (r->accept) add_header(slot, "accept", r->accept);
    if (r->authorization) add_header(slot, "authorization", r->authorization);
    if (r->etag) add_header(slot, "if-none-match", r->etag);
    if (r->gzip) add_header(slot, "accept-encoding", "gzip");
    CURLcode rc = curl_easy_setopt(slot->easy, CURLOPT_URL, r->url);
    if (rc == CURLE_OK) rc = curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->headers);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(slot->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)r->max_body_bytes);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(slot->easy, CURLOPT_PROXY, tls ? o->https_proxy : o->proxy);
    if (rc == CURLE_OK && tls) rc = pl_http_set_certificate(slot, r->url);
    if (rc == CURLE_OK) /* never from TLS down to plain text */
        rc =
            curl_easy_setopt(slot->easy, CURLOPT_REDIR_PROTOCOLS_STR, tls ? "https" : "http,https");
    return rc;
}

void pl_http_attempt(struct pl_http *http, struct pl_http_transfer *t)
{
    struct pl_http_slot *slot = pl_http_slot_take(http);
    slot->transfer = t;
    slot->err = PB_ERR_INIT;
    slot->body_bytes = slot->outstanding_bytes = 0;
    slot->began = slot->success = false;
    slot->curl_error[0] = '\0';
    t->host->active++;
    if (t->host->active > http->counts.peak_transfers)
        http->counts.peak_transfers = t->host->active;
    t->attempts++;
    http->counts.requests++;
    if (t->attempts > 1) http->counts.retries++;
    if (t->handed_over && t->request.on_restart) t->request.on_restart(t->request.user);
    t->handed_over = false;
    CURLcode rc = set_request_options(slot);
    if (rc == CURLE_OK && curl_multi_add_handle(http->multi, slot->easy) != CURLM_OK)
        rc = CURLE_FAILED_INIT;
    if (rc != CURLE_OK) pl_http_finish(slot, rc);
}

static struct pb_str header_of(CURL *easy, const char *name)
{
    struct curl_header *header;
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return PB_LIT("");
    return pb_str(header->value);
}

static struct pl_http_response read_response(struct pl_http_slot *slot)
{
    struct pl_http_response response = {.body_bytes = slot->body_bytes};
    const char *url = NULL;
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &response.status);
    curl_easy_getinfo(slot->easy, CURLINFO_EFFECTIVE_URL, &url);
    struct pb_str encoding = header_of(slot->easy, "content-encoding");
    response.etag = header_of(slot->easy, "etag");
    response.effective_url = pb_str(url);
    response.gzip = pb_str_is(encoding, "gzip") || pb_str_is(encoding, "x-gzip");
    return response;
}

static void count_traffic(struct pl_http_slot *slot)
{
    struct pl_http_counts *counts = &slot->http->counts;
    long connects = 0, header_bytes = 0;
    curl_off_t body_bytes = 0;
    curl_easy_getinfo(slot->easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(slot->easy, CURLINFO_HEADER_SIZE, &header_bytes);
    curl_easy_getinfo(slot->easy, CURLINFO_SIZE_DOWNLOAD_T, &body_bytes);
    counts->connections += (uint64_t)connects;
    counts->received_bytes += (uint64_t)header_bytes + (uint64_t)body_bytes;
}

static enum pb_code code_of(CURLcode result)
{
    if (result == CURLE_OPERATION_TIMEDOUT) return PB_E_TIMEOUT;
    if (result == CURLE_FILESIZE_EXCEEDED) return PB_E_LIMIT;
    if (result == CURLE_URL_MALFORMAT) return PB_E_BAD_INPUT;
    return PB_E_NETWORK;
}

/* What the consumer is told. An error of its own callbacks, or a limit, stays the first cause. */
static void describe_failure(struct pl_http_slot *slot, CURLcode result, struct pb_err *err)
{
    const struct pl_http_transfer *t = slot->transfer;
    char shown[256];
    const char *url = pl_url_shown(pb_str(t->request.url), shown, sizeof shown);
    const char *what = slot->curl_error[0] ? slot->curl_error : curl_easy_strerror(result);
    if (pb_err_is_set(&slot->err)) {
        *err = slot->err;
        pb_err_wrap(err, "fetch %s", url);
    } else if (result == CURLE_PEER_FAILED_VERIFICATION) {
        pb_err_set(err, PB_E_NETWORK, "fetch %s: %s: set cafile to the registry's certificate", url,
                   what);
    } else {
        pb_err_set(err, code_of(result), "fetch %s: %s (%u attempts): check network and proxy", url,
                   what, t->attempts);
    }
}

static void retry_later(struct pl_http *http, struct pl_http_transfer *t, int64_t retry_after_s)
{
    int64_t ms = pl_http_backoff_ms(&http->options, t->attempts, retry_after_s, &http->jitter);
    t->due_ns = pb_now_ns() + ms * PB_NS_PER_MS;
    PB_GROW(http->delayed, http->delayed_cap, http->delayed_n + 1);
    http->delayed[http->delayed_n++] = t;
}

static bool wants_retry(struct pl_http_slot *slot, CURLcode result, long status)
{
    if (slot->transfer->attempts > slot->http->options.retries) return false;
    if (pb_err_is_set(&slot->err)) return false;
    return result == CURLE_OK ? pl_http_status_is_retryable(status)
                              : pl_http_result_is_retryable(result);
}

/* Of a connection that this transfer opened. */
static int64_t round_trip_ns(struct pl_http_slot *slot)
{
    long opened = 0;
    curl_socket_t fd = CURL_SOCKET_BAD;
    struct tcp_info info = {0};
    socklen_t n = sizeof info;
    curl_easy_getinfo(slot->easy, CURLINFO_NUM_CONNECTS, &opened);
    if (opened == 0) return 0;
    curl_easy_getinfo(slot->easy, CURLINFO_ACTIVESOCKET, &fd);
    if (fd == CURL_SOCKET_BAD || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0) return 0;
    return (int64_t)info.tcpi_rtt * 1000;
}

static void tell_window(struct pl_http_slot *slot, CURLcode result, long status)
{
    struct pl_http_window *window = &slot->transfer->host->window;
    curl_off_t sent_us = 0, first_byte_us = 0;
    if (result == CURLE_OK && status != 429 && status != 503) {
        curl_easy_getinfo(slot->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us);
        curl_easy_getinfo(slot->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte_us);
        pl_http_window_connected(window, round_trip_ns(slot));
        pl_http_window_answered(window, (first_byte_us - sent_us) * 1000);
    } else if (result == CURLE_OK || pl_http_result_is_retryable(result)) {
        pl_http_window_refused(window, pb_now_ns());
    }
}

static void leave_host(struct pl_http_slot *slot, CURLcode result, long status)
{
    struct pl_http_transfer *t = slot->transfer;
    take_outstanding(slot, slot->outstanding_bytes);
    tell_window(slot, result, status);
    t->host->active--;
    t->host->resolved = true; /* or it cannot be: then all may fail at once */
}

void pl_http_finish(struct pl_http_slot *slot, CURLcode result)
{
    struct pl_http *http = slot->http;
    struct pl_http_transfer *t = slot->transfer;
    struct pl_http_response response = read_response(slot);
    count_traffic(slot);
    leave_host(slot, result, response.status);
    if (wants_retry(slot, result, response.status)) {
        curl_off_t retry_after_s = 0;
        curl_easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
        retry_later(http, t, retry_after_s);
        pl_http_slot_release(slot);
        return;
    }
    struct pb_err err = PB_ERR_INIT;
    if (result != CURLE_OK) describe_failure(slot, result, &err);
    http->active_count--;
    t->request.on_done(t->request.user, &response, result == CURLE_OK ? NULL : &err);
    pl_http_slot_release(slot); /* the response borrows from it */
    free(t);
}
