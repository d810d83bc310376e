/* SPDX-License-Identifier: MIT */
/* Requests that wait for a connection: a heap per host, highest priority first, then the oldest. */
#include "installer/registry/http_internal.h"

#include "base/mem.h"
#include "installer/config/url.h"

#include <stdlib.h>

static bool is_before(const struct pl_http_transfer *a, const struct pl_http_transfer *b)
{
    if (a->request.priority != b->request.priority)
        return a->request.priority > b->request.priority;
    return a->order < b->order;
}

struct pl_http_host *pl_http_host_of(struct pl_http *http, const char *text, struct pb_err *err)
{
    struct pl_url url;
    if (!pl_url_parse(pb_str(text), &url)) {
        char shown[256];
        pb_err_set(err, PB_E_BAD_INPUT, "fetch %s: not an http: or https: URL",
                   pl_url_shown(pb_str(text), shown, sizeof shown));
        return NULL;
    }
    struct pb_str key = url.origin;
    for (struct pl_http_host *h = http->hosts; h; h = h->next)
        if (pb_str_eq(pb_strn(h->key, h->key_n), key)) return h;
    struct pl_http_host *h = pb_calloc(1, sizeof *h + key.n);
    memcpy(h->key, key.p, key.n);
    h->key_n = key.n;
    pl_http_window_init(&h->window, PL_HTTP_START_CONNECTIONS, http->options.max_connections);
    h->next = http->hosts;
    http->hosts = h;
    return h;
}

void pl_http_enqueue(struct pl_http_transfer *t)
{
    struct pl_http_host *h = t->host;
    PB_GROW(h->waiting, h->waiting_cap, h->waiting_n + 1);
    size_t at = h->waiting_n++;
    while (at > 0 && is_before(t, h->waiting[(at - 1) / 2])) {
        h->waiting[at] = h->waiting[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    h->waiting[at] = t;
}

struct pl_http_transfer *pl_http_dequeue(struct pl_http_host *h)
{
    if (h->waiting_n == 0) return NULL;
    struct pl_http_transfer *first = h->waiting[0], *last = h->waiting[--h->waiting_n];
    size_t at = 0;
    for (size_t child = 1; child < h->waiting_n; child = 2 * at + 1) {
        if (child + 1 < h->waiting_n && is_before(h->waiting[child + 1], h->waiting[child]))
            child++;
        if (!is_before(h->waiting[child], last)) break;
        h->waiting[at] = h->waiting[child];
        at = child;
    }
    h->waiting[at] = last;
    return first;
}

void pl_http_hosts_free(struct pl_http *http)
{
    while (http->hosts) {
        struct pl_http_host *h = http->hosts;
        http->hosts = h->next;
        for (size_t i = 0; i < h->waiting_n; i++)
            free(h->waiting[i]);
        free(h->waiting);
        free(h);
    }
}
