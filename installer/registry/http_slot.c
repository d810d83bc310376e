/* SPDX-License-Identifier: MIT */
/* libcurl handles with their fixed options, kept for use again. */
#include "installer/registry/http_internal.h"

#include "base/mem.h"

#include <stdlib.h>

enum { MAX_REDIRECTS = 10, RECEIVE_BUFFER_BYTES = 64 << 10, CONNECT_TIMEOUT_MAX_MS = 30000 };

static int on_socket_made(void *user, curl_socket_t fd, curlsocktype purpose)
{
    (void)fd;
    (void)purpose;
    struct pl_http_slot *slot = user;
    slot->transfer->host->resolved = true;
    return CURL_SOCKOPT_OK;
}

/* The text stays: it is the client's own copy. */
static struct curl_blob *blob_of(const char *text)
{
    static _Thread_local struct curl_blob blob;
    blob = (struct curl_blob){
        .data = (void *)(uintptr_t)text, .len = strlen(text), .flags = CURL_BLOB_COPY};
    return &blob;
}

/* Options that no request changes. The values are valid for libcurl 7.88, so only the allocation of
 * copies could fail; a handle without them would be wrong, hence the check. */
static bool set_fixed_options(struct pl_http_slot *slot)
{
    const struct pl_http_options *o = &slot->http->options;
    bool h2 = o->version == PL_HTTP_2;
    long connect_ms =
        o->timeout_ms < CONNECT_TIMEOUT_MAX_MS ? o->timeout_ms : CONNECT_TIMEOUT_MAX_MS;
    CURLcode rc = CURLE_OK;
#define SET(option, value)                                                                         \
    if (rc == CURLE_OK) rc = curl_easy_setopt(slot->easy, option, value)
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PRIVATE, slot);
    SET(CURLOPT_ERRORBUFFER, slot->curl_error);
    SET(CURLOPT_WRITEFUNCTION, pl_http_on_body);
    SET(CURLOPT_WRITEDATA, slot);
    SET(CURLOPT_SOCKOPTFUNCTION, on_socket_made);
    SET(CURLOPT_SOCKOPTDATA, slot);
    SET(CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER_BYTES);
    SET(CURLOPT_SHARE, slot->http->tls_sessions);
    SET(CURLOPT_USERAGENT, o->user_agent);
    SET(CURLOPT_HTTP_VERSION, (long)(h2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    SET(CURLOPT_PIPEWAIT, (long)h2);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 1L);
    SET(CURLOPT_MAXREDIRS, (long)MAX_REDIRECTS);
    SET(CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, (o->timeout_ms + 999) / 1000);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, 600L);
    SET(CURLOPT_SSL_VERIFYPEER, (long)!o->insecure);
    SET(CURLOPT_SSL_VERIFYHOST, o->insecure ? 0L : 2L);
    /* With a folder of certificates in play libcurl reads the bundle anew for each connection. */
    SET(CURLOPT_CAPATH, NULL);
    if (o->cafile) SET(CURLOPT_CAINFO, o->cafile);
    if (o->ca) SET(CURLOPT_CAINFO_BLOB, blob_of(o->ca));
    if (o->cert) SET(CURLOPT_SSLCERT_BLOB, blob_of(o->cert));
    if (o->key) SET(CURLOPT_SSLKEY_BLOB, blob_of(o->key));
    if (o->noproxy) SET(CURLOPT_NOPROXY, o->noproxy);
#undef SET
    return rc == CURLE_OK;
}

/* Handles are used again for other hosts: everything is set each time. */
CURLcode pl_http_set_certificate(struct pl_http_slot *slot, const char *url)
{
    const struct pl_http_options *o = &slot->http->options;
    const char *certfile = NULL, *keyfile = NULL;
    if (!o->find_certificate) return CURLE_OK;
    bool own = o->find_certificate(o->user, url, &certfile, &keyfile);
    const char *cert = own ? NULL : o->cert, *key = own ? NULL : o->key;
    CURLcode rc = curl_easy_setopt(slot->easy, CURLOPT_SSLCERT, certfile);
    if (rc == CURLE_OK) rc = curl_easy_setopt(slot->easy, CURLOPT_SSLKEY, keyfile);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(slot->easy, CURLOPT_SSLCERT_BLOB, cert ? blob_of(cert) : NULL);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(slot->easy, CURLOPT_SSLKEY_BLOB, key ? blob_of(key) : NULL);
    return rc;
}

struct pl_http_slot *pl_http_slot_take(struct pl_http *http)
{
    struct pl_http_slot *slot = http->free_slots;
    if (slot) {
        http->free_slots = slot->next;
    } else {
        slot = pb_calloc(1, sizeof *slot);
        slot->http = http;
        slot->easy = curl_easy_init();
        if (!slot->easy || !set_fixed_options(slot)) PB_BUG("libcurl refused its options");
    }
    slot->next = http->active;
    slot->prev = NULL;
    if (slot->next) slot->next->prev = slot;
    http->active = slot;
    return slot;
}

void pl_http_slot_release(struct pl_http_slot *slot)
{
    struct pl_http *http = slot->http;
    curl_multi_remove_handle(http->multi, slot->easy);
    curl_slist_free_all(slot->headers);
    slot->headers = NULL;
    if (slot->prev) slot->prev->next = slot->next;
    if (slot->next) slot->next->prev = slot->prev;
    if (http->active == slot) http->active = slot->next;
    slot->next = http->free_slots;
    http->free_slots = slot;
}

void pl_http_slots_free(struct pl_http *http)
{
    while (http->active) {
        free(http->active->transfer);
        pl_http_slot_release(http->active);
    }
    while (http->free_slots) {
        struct pl_http_slot *slot = http->free_slots;
        http->free_slots = slot->next;
        curl_easy_cleanup(slot->easy);
        free(slot);
    }
}
