/* SPDX-License-Identifier: MIT */
#include "harness/limit/receive.h"

#include "base/fs.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 32, HEAD_MAX = 8192, CHUNK = 256 << 10 };

struct connection {
    int fd;
    uint64_t body_left;
    bool in_body;
    size_t head_n;
    char head[HEAD_MAX + 1];
};

struct receiving {
    struct sockaddr_in address;
    char host[64];
    const char *const *paths;
    size_t count, next, done;
    int epoll_fd;
    struct connection connections[CONNECTIONS];
    char chunk[CHUNK];
};

static int read_address(const char *registry, struct receiving *r, struct pb_err *err)
{
    char ip[16];
    unsigned port;
    if (sscanf(registry, "http://%15[0-9.]:%u/", ip, &port) == 2 && port < 65536 &&
        inet_pton(AF_INET, ip, &r->address.sin_addr) == 1) {
        r->address.sin_family = AF_INET;
        r->address.sin_port = htons((uint16_t)port);
        snprintf(r->host, sizeof r->host, "%s:%u", ip, port);
        return 0;
    }
    return pb_err_set(err, PB_E_UNSUPPORTED,
                      "registry %s: the limit arm only talks to a replayed registry at "
                      "http://ADDRESS:PORT/",
                      registry);
}

/* Requests are short: they fit into the socket's buffer. */
static int send_next(struct receiving *r, struct connection *c, struct pb_err *err)
{
    char text[2048];
    int n = snprintf(text, sizeof text,
                     "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: application/vnd.npm.install-v1+json, "
                     "*/*\r\nAccept-Encoding: gzip\r\n\r\n",
                     r->paths[r->next++], r->host);
    c->in_body = false;
    c->head_n = 0;
    if (n < (int)sizeof text && send(c->fd, text, (size_t)n, MSG_NOSIGNAL) == n) return 0;
    return pb_err_sys(err, errno, "send a request");
}

static int open_connection(struct receiving *r, struct connection *c, struct pb_err *err)
{
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&r->address, sizeof r->address) != 0)
        return pb_err_sys(err, errno, "connect to %s", r->host);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0)
        return pb_err_sys(err, errno, "wait for %s", r->host);
    return send_next(r, c, err);
}

/* After the head: how much body there is. Returns the head's size, 0 when it is not whole yet. */
static size_t read_head(struct connection *c, struct pb_err *err)
{
    c->head[c->head_n] = '\0';
    const char *end = strstr(c->head, "\r\n\r\n");
    if (!end) return 0;
    const char *length = strcasestr(c->head, "\r\ncontent-length:");
    unsigned long long n;
    if (strncmp(c->head, "HTTP/1.1 200", 12) != 0 || !length || length > end ||
        sscanf(length + strlen("\r\ncontent-length:"), " %llu", &n) != 1) {
        (void)pb_err_set(err, PB_E_NETWORK, "unexpected answer: %.40s", c->head);
        return 0;
    }
    c->in_body = true;
    c->body_left = n;
    return (size_t)(end - c->head) + 4;
}

static int take_bytes(struct receiving *r, struct connection *c, size_t n, struct pb_err *err)
{
    size_t used = 0;
    if (!c->in_body) {
        size_t before = c->head_n, room = HEAD_MAX - before, part = n < room ? n : room;
        memcpy(c->head + before, r->chunk, part);
        c->head_n += part;
        size_t head = read_head(c, err);
        if (pb_err_is_set(err)) return -1;
        if (head == 0) {
            if (part == n) return 0;
            return pb_err_set(err, PB_E_NETWORK, "the head of an answer is too long");
        }
        used = head - before;
    }
    if (n - used > c->body_left) return pb_err_set(err, PB_E_NETWORK, "an answer is too long");
    c->body_left -= n - used;
    if (c->body_left > 0) return 0;
    r->done++;
    return r->next < r->count ? send_next(r, c, err) : 0;
}

static int read_once(struct receiving *r, struct connection *c, struct pb_err *err)
{
    ssize_t n = recv(c->fd, r->chunk, CHUNK, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (n < 0) return pb_err_sys(err, errno, "receive");
    if (n == 0) return pb_err_set(err, PB_E_NETWORK, "the registry closed a connection");
    return take_bytes(r, c, (size_t)n, err);
}

static int run(struct receiving *r, struct pb_err *err)
{
    r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (r->epoll_fd < 0) return pb_err_sys(err, errno, "epoll_create1");
    for (size_t i = 0; i < CONNECTIONS && r->next < r->count; i++)
        if (open_connection(r, &r->connections[i], err) != 0) return -1;
    while (r->done < r->count) {
        struct epoll_event events[CONNECTIONS];
        int n = epoll_wait(r->epoll_fd, events, CONNECTIONS, -1);
        if (n < 0 && errno != EINTR) return pb_err_sys(err, errno, "epoll_wait");
        for (int i = 0; i < n; i++)
            if (read_once(r, events[i].data.ptr, err) != 0) return -1;
    }
    return 0;
}

int pb_limit_receive(const char *registry, const char *const *paths, size_t count,
                     struct pb_err *err)
{
    static struct receiving r;
    r = (struct receiving){.paths = paths, .count = count, .epoll_fd = -1};
    for (size_t i = 0; i < CONNECTIONS; i++)
        r.connections[i].fd = -1;
    int result = read_address(registry, &r, err);
    if (result == 0) result = run(&r, err);
    for (size_t i = 0; i < CONNECTIONS; i++)
        pb_cleanup_close(&r.connections[i].fd);
    pb_cleanup_close(&r.epoll_fd);
    return result;
}
