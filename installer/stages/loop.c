/* SPDX-License-Identifier: MIT */
#include "installer/stages/loop.h"

#include "base/fs.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct pl_loop {
    struct pl_http_options options;
    _Atomic(struct pl_http *) http;
    int event_fd;
};

struct pl_loop *pl_loop_new(const struct pl_http_options *options, struct pb_err *err)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) {
        pb_err_sys(err, errno, "create an eventfd");
        return NULL;
    }
    struct pl_loop *loop = pb_calloc(1, sizeof *loop);
    loop->options = *options;
    loop->event_fd = fd;
    return loop;
}

void pl_loop_free(struct pl_loop *loop)
{
    if (!loop) return;
    pl_loop_stop_http(loop);
    pb_cleanup_close(&loop->event_fd);
    free(loop);
}

struct pl_http *pl_loop_http(struct pl_loop *loop, struct pb_err *err)
{
    struct pl_http *http = atomic_load(&loop->http);
    if (http) return http;
    http = pl_http_new(&loop->options, err);
    atomic_store(&loop->http, http);
    return http;
}

struct pl_http *pl_loop_http_if_started(const struct pl_loop *loop)
{
    return atomic_load(&loop->http);
}

void pl_loop_stop_http(struct pl_loop *loop)
{
    pl_http_free(atomic_exchange(&loop->http, NULL));
}

void pl_loop_wake(void *user)
{
    struct pl_loop *loop = user;
    struct pl_http *http = atomic_load(&loop->http);
    const uint64_t one = 1;
    if (http)
        pl_http_wake(http);
    else if (write(loop->event_fd, &one, sizeof one) < 0)
        PB_INVARIANT(errno == EAGAIN); /* the counter is full: woken anyway */
}

static int wait_event(struct pl_loop *loop, int timeout_ms, struct pb_err *err)
{
    struct pollfd fd = {.fd = loop->event_fd, .events = POLLIN};
    if (poll(&fd, 1, timeout_ms) < 0 && errno != EINTR)
        return pb_err_sys(err, errno, "wait for workers");
    uint64_t count;
    if (read(loop->event_fd, &count, sizeof count) < 0 && errno != EAGAIN)
        return pb_err_sys(err, errno, "read an eventfd");
    return 0;
}

int pl_loop_wait(struct pl_loop *loop, int timeout_ms, struct pb_err *err)
{
    struct pl_http *http = atomic_load(&loop->http);
    return http ? pl_http_poll(http, timeout_ms, err) : wait_event(loop, timeout_ms, err);
}
