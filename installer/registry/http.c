/* SPDX-License-Identifier: MIT */
/* The event loop: libcurl tells which sockets it waits for, epoll tells which are ready. Unlike
 * curl_multi_perform() this touches only the transfers that have something to do. */
#include "installer/registry/http_internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "installer/version.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Between two returns to the caller. */
enum { EVENTS_AT_ONCE = 64, ENDINGS_AT_ONCE = 256 };

static CURLcode global_result;
static pthread_once_t global_once = PTHREAD_ONCE_INIT;

static void global_init(void)
{
    global_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static char *copy_text(const char *text)
{
    return text ? pb_strdup(text) : NULL;
}

/* npm's settings have certificates in one line, with "\\n" for the line breaks. */
static char *copy_pem(const char *text)
{
    char *copy = copy_text(text);
    char *to = copy;
    for (const char *from = copy; from && *from; to++) {
        bool is_break = from[0] == '\\' && from[1] == 'n';
        *to = is_break ? '\n' : *from;
        from += is_break ? 2 : 1;
    }
    if (to) *to = '\0';
    return copy;
}

static void copy_options(struct pl_http_options *out, const struct pl_http_options *in)
{
    char agent[64];
    snprintf(agent, sizeof agent, "plumb/%s", pl_program_version());
    *out = *in;
    if (out->max_connections == 0) out->max_connections = PL_HTTP_MAX_CONNECTIONS;
    if (out->retry_min_ms <= 0) out->retry_min_ms = 250;
    if (out->retry_max_ms <= 0) out->retry_max_ms = 60000;
    if (out->timeout_ms <= 0) out->timeout_ms = 60000;
    out->user_agent = copy_text(in->user_agent ? in->user_agent : agent);
    out->cafile = copy_text(in->cafile);
    out->ca = copy_pem(in->ca);
    out->cert = copy_pem(in->cert);
    out->key = copy_pem(in->key);
    out->proxy = copy_text(in->proxy);
    out->https_proxy = copy_text(in->https_proxy);
    out->noproxy = copy_text(in->noproxy);
}

static void free_options(struct pl_http_options *o)
{
    free((char *)o->user_agent);
    free((char *)o->cafile);
    free((char *)o->ca);
    free((char *)o->cert);
    free((char *)o->key);
    free((char *)o->proxy);
    free((char *)o->https_proxy);
    free((char *)o->noproxy);
}

/* libcurl starts or stops waiting for a socket. `known`: the socket is in the epoll set. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *known)
{
    (void)easy;
    struct pl_http *http = user;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(http->epoll_fd, EPOLL_CTL_DEL, fd, NULL); /* closing removes it as well */
        return 0;
    }
    struct epoll_event event = {.data.fd = fd};
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    if (epoll_ctl(http->epoll_fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
        return -1;
    if (!known) curl_multi_assign(http->multi, fd, http);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *user)
{
    (void)multi;
    struct pl_http *http = user;
    http->timer_due_ns = timeout_ms < 0 ? -1 : pb_now_ns() + timeout_ms * PB_NS_PER_MS;
    return 0;
}

static int open_epoll(struct pl_http *http, struct pb_err *err)
{
    http->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (http->epoll_fd < 0) return pb_err_sys(err, errno, "start HTTP: epoll_create1");
    http->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (http->wake_fd < 0) return pb_err_sys(err, errno, "start HTTP: eventfd");
    /* Edge-triggered: every write is one event, so the counter need not be read. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = http->wake_fd};
    if (epoll_ctl(http->epoll_fd, EPOLL_CTL_ADD, http->wake_fd, &event) != 0)
        return pb_err_sys(err, errno, "start HTTP: epoll_ctl");
    return 0;
}

static int open_multi(struct pl_http *http, struct pb_err *err)
{
    if (pl_libcurl_load(err) != 0) return pb_err_wrap(err, "start HTTP");
    pthread_once(&global_once, global_init);
    if (global_result == CURLE_OK) http->multi = curl_multi_init();
    if (http->multi) http->tls_sessions = curl_share_init();
    if (!http->tls_sessions)
        return pb_err_set(err, PB_E_SYSTEM, "start HTTP: libcurl cannot be initialised");
    curl_share_setopt(http->tls_sessions, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    /* Room for a full pool at the registry and another at a tarball host. */
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, 2L * (long)http->options.max_connections);
    return 0;
}

struct pl_http *pl_http_new(const struct pl_http_options *options, struct pb_err *err)
{
    struct pl_http *http = pb_calloc(1, sizeof *http);
    http->epoll_fd = http->wake_fd = -1;
    http->timer_due_ns = -1;
    http->jitter = (uint32_t)pb_now_ns() | 1;
    copy_options(&http->options, options);
    if (open_epoll(http, err) == 0 && open_multi(http, err) == 0) return http;
    pl_http_free(http);
    return NULL;
}

void pl_http_free(struct pl_http *http)
{
    if (!http) return;
    pl_http_slots_free(http);
    pl_http_hosts_free(http);
    for (size_t i = 0; i < http->delayed_n; i++)
        free(http->delayed[i]);
    free(http->delayed);
    if (http->multi) curl_multi_cleanup(http->multi);
    if (http->tls_sessions) curl_share_cleanup(http->tls_sessions);
    if (http->epoll_fd >= 0) close(http->epoll_fd);
    if (http->wake_fd >= 0) close(http->wake_fd);
    free_options(&http->options);
    free(http);
}

int pl_http_start(struct pl_http *http, const struct pl_http_request *request, struct pb_err *err)
{
    struct pl_http_host *host = pl_http_host_of(http, request->url, err);
    if (!host) return -1;
    struct pl_http_transfer *t = pl_http_transfer_new(request);
    t->host = host;
    t->order = http->next_order++;
    http->active_count++;
    pl_http_enqueue(t);
    return 0;
}

/* Puts delayed transfers whose time has come back in their queues. Returns the next due time or
 * -1. There are few, so they are searched in full. */
static int64_t release_delayed(struct pl_http *http)
{
    int64_t next_ns = -1, now_ns = http->delayed_n ? pb_now_ns() : 0;
    for (size_t i = 0; i < http->delayed_n;) {
        struct pl_http_transfer *t = http->delayed[i];
        if (t->due_ns <= now_ns) {
            http->delayed[i] = http->delayed[--http->delayed_n];
            pl_http_enqueue(t);
            continue;
        }
        if (next_ns < 0 || t->due_ns < next_ns) next_ns = t->due_ns;
        i++;
    }
    return next_ns;
}

static bool has_room(const struct pl_http_host *h)
{
    return h->active < (h->resolved ? h->window.limit : 1);
}

static void start_waiting(struct pl_http *http)
{
    for (struct pl_http_host *h = http->hosts; h; h = h->next) {
        while (h->waiting_n) {
            if (has_room(h))
                pl_http_attempt(http, pl_http_dequeue(h));
            else if (!h->resolved || !pl_http_window_grow(&h->window, h->outstanding_bytes))
                break;
        }
    }
}

static void run_timer(struct pl_http *http)
{
    int running;
    for (int i = 0; i < 8 && http->timer_due_ns >= 0 && http->timer_due_ns <= pb_now_ns(); i++) {
        http->timer_due_ns = -1;
        curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
}

static unsigned finish_completed(struct pl_http *http)
{
    int left;
    unsigned count = 0;
    for (CURLMsg *msg; (msg = curl_multi_info_read(http->multi, &left)) != NULL;) {
        if (msg->msg != CURLMSG_DONE) continue;
        struct pl_http_slot *slot = NULL;
        CURLcode result = msg->data.result; /* msg dies with the slot's release */
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &slot);
        pl_http_finish(slot, result);
        count++;
    }
    return count;
}

/* Starts, drives and finishes what needs no waiting. An attempt may even end here (a refused
 * connection, an answer on a warm one), which makes room for the next. Returns how many ended. */
static unsigned advance(struct pl_http *http)
{
    unsigned count, total = 0;
    do {
        start_waiting(http);
        run_timer(http);
        count = finish_completed(http);
        total += count;
    } while (count && total < ENDINGS_AT_ONCE);
    return total;
}

/* Milliseconds until `due_ns`, rounded up, at most `limit_ms` (negative: none). */
static int bound_wait(int limit_ms, int64_t due_ns)
{
    if (due_ns < 0) return limit_ms;
    int64_t ms = (due_ns - pb_now_ns() + PB_NS_PER_MS - 1) / PB_NS_PER_MS;
    if (ms < 0) ms = 0;
    return limit_ms >= 0 && limit_ms < ms ? limit_ms : (int)(ms > 3600000 ? 3600000 : ms);
}

static int wait_for_sockets(struct pl_http *http, int timeout_ms, struct pb_err *err)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int running, n = epoll_wait(http->epoll_fd, events, EVENTS_AT_ONCE, timeout_ms);
    if (n < 0 && errno != EINTR) return pb_err_sys(err, errno, "wait for the network: epoll_wait");
    for (int i = 0; i < n; i++) {
        int action = 0;
        if (events[i].data.fd == http->wake_fd) continue;
        if (events[i].events & EPOLLIN) action |= CURL_CSELECT_IN;
        if (events[i].events & EPOLLOUT) action |= CURL_CSELECT_OUT;
        if (events[i].events & (EPOLLERR | EPOLLHUP)) action |= CURL_CSELECT_ERR;
        curl_multi_socket_action(http->multi, events[i].data.fd, action, &running);
    }
    return 0;
}

int pl_http_poll(struct pl_http *http, int timeout_ms, struct pb_err *err)
{
    int64_t next_ns = release_delayed(http);
    unsigned ended = advance(http);
    int wait_ms = bound_wait(bound_wait(timeout_ms, next_ns), http->timer_due_ns);
    if (ended || atomic_load(&http->wake_pending)) wait_ms = 0;
    int result = wait_for_sockets(http, wait_ms, err);
    advance(http);
    atomic_store(&http->wake_pending, false);
    return result;
}

/* Wakes between two polls cost one write. */
void pl_http_wake(struct pl_http *http)
{
    if (atomic_exchange(&http->wake_pending, true)) return;
    const uint64_t one = 1;
    ssize_t written = write(http->wake_fd, &one, sizeof one);
    (void)written; /* fails only when the counter is full, and then the event is there already */
}

unsigned pl_http_active(const struct pl_http *http)
{
    return http->active_count;
}

struct pl_http_counts pl_http_counts(const struct pl_http *http)
{
    return http->counts;
}
