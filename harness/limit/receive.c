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

/* REQUESTS_AHEAD on each connection, so that a far registry's answers follow each other without a
 * round trip between them (pipelining, RFC 9112, 9.3.2). */
enum { CONNECTIONS = 32, REQUESTS_AHEAD = 64, HEAD_MAX = 8192, CHUNK = 256 << 10 };

struct connection {
    int fd;
    bool is_open;
    size_t asked; /* requests without a whole answer */
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
    size_t ahead; /* requests on a connection */
    int epoll_fd;
    struct connection connections[CONNECTIONS];
    char chunk[CHUNK];
};

static bool parse_address(struct pb_str registry, struct receiving *r)
{
    struct pb_str host, port, scheme = PB_LIT("http://");
    char ip[16];
    uint64_t number;
    if (!pb_str_starts(registry, "http://")) return false;
    registry = pb_str_skip(registry, scheme.n);
    if (!pb_str_split(&registry, ':', &host) || !pb_str_split(&registry, '/', &port)) return false;
    if (host.n >= sizeof ip || !pb_str_u64(port, &number) || number > UINT16_MAX) return false;
    snprintf(ip, sizeof ip, PB_FMT, PB_ARG(host));
    snprintf(r->host, sizeof r->host, "%s:%u", ip, (unsigned)number);
    r->address.sin_family = AF_INET;
    r->address.sin_port = htons((uint16_t)number);
    return inet_pton(AF_INET, ip, &r->address.sin_addr) == 1;
}

static int read_address(const char *registry, struct receiving *r, struct pb_err *err)
{
    if (parse_address(pb_str(registry), r)) return 0;
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
    c->asked++;
    if (n < (int)sizeof text && send(c->fd, text, (size_t)n, MSG_NOSIGNAL) == n) return 0;
    return pb_err_sys(err, errno, "send a request");
}

static int send_some(struct receiving *r, struct connection *c, struct pb_err *err)
{
    while (c->asked < r->ahead && r->next < r->count)
        if (send_next(r, c, err) != 0) return -1;
    return 0;
}

/* All at once: over a link each one takes a round trip. */
static int begin_connection(struct receiving *r, struct connection *c, struct pb_err *err)
{
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->fd < 0) return pb_err_sys(err, errno, "make a socket");
    if (connect(c->fd, (struct sockaddr *)&r->address, sizeof r->address) != 0 &&
        errno != EINPROGRESS)
        return pb_err_sys(err, errno, "connect to %s", r->host);
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = c};
    if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, c->fd, &event) == 0) return 0;
    return pb_err_sys(err, errno, "wait for %s", r->host);
}

static int use_connection(struct receiving *r, struct connection *c, struct pb_err *err)
{
    int refused = 0;
    socklen_t n = sizeof refused;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &refused, &n) != 0 ||
        fcntl(c->fd, F_SETFL, 0) != 0 || epoll_ctl(r->epoll_fd, EPOLL_CTL_MOD, c->fd, &event) != 0)
        refused = errno;
    if (refused) return pb_err_sys(err, refused, "connect to %s", r->host);
    c->is_open = true;
    return send_some(r, c, err);
}

static bool read_length(const char *head, const char *end, uint64_t *bytes)
{
    static const char name[] = "\r\ncontent-length:";
    const char *at = strcasestr(head, name);
    if (!at || at > end) return false;
    at += sizeof name - 1;
    const char *line_end = strstr(at, "\r\n"); /* end has one */
    return pb_str_u64(pb_str_trim(pb_strn(at, (size_t)(line_end - at))), bytes);
}

/* After the head: how much body there is. Returns the head's size, 0 when it is not whole yet. */
static size_t read_head(struct connection *c, struct pb_err *err)
{
    c->head[c->head_n] = '\0';
    const char *end = strstr(c->head, "\r\n\r\n");
    if (!end) return 0;
    if (strncmp(c->head, "HTTP/1.1 200", 12) != 0 || !read_length(c->head, end, &c->body_left)) {
        (void)pb_err_set(err, PB_E_NETWORK, "unexpected answer: %.40s", c->head);
        return 0;
    }
    c->in_body = true;
    return (size_t)(end - c->head) + 4;
}

static int take_head(struct connection *c, const char *bytes, size_t n, size_t *used,
                     struct pb_err *err)
{
    size_t before = c->head_n, room = HEAD_MAX - before, part = n < room ? n : room;
    if (c->asked == 0) return pb_err_set(err, PB_E_NETWORK, "an answer that nobody asked for");
    memcpy(c->head + before, bytes, part);
    c->head_n += part;
    size_t head = read_head(c, err);
    if (pb_err_is_set(err)) return -1;
    if (head == 0 && part < n)
        return pb_err_set(err, PB_E_NETWORK, "the head of an answer is too long");
    *used = head > 0 ? head - before : n;
    return 0;
}

static int end_answer(struct receiving *r, struct connection *c, struct pb_err *err)
{
    r->done++;
    c->asked--;
    c->in_body = false;
    c->head_n = 0;
    return send_some(r, c, err);
}

static int take_bytes(struct receiving *r, struct connection *c, size_t n, struct pb_err *err)
{
    const char *at = r->chunk, *end = r->chunk + n;
    while (at < end) {
        size_t used = (size_t)(end - at);
        if (!c->in_body) {
            if (take_head(c, at, used, &used, err) != 0) return -1;
        } else {
            if (used > c->body_left) used = c->body_left;
            c->body_left -= used;
        }
        at += used;
        if (c->in_body && c->body_left == 0 && end_answer(r, c, err) != 0) return -1;
    }
    return 0;
}

static int serve_connection(struct receiving *r, struct connection *c, struct pb_err *err)
{
    if (!c->is_open) return use_connection(r, c, err);
    ssize_t n = recv(c->fd, r->chunk, CHUNK, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (n < 0) return pb_err_sys(err, errno, "receive");
    if (n == 0 && c->asked == 0) {
        pb_cleanup_close(&c->fd);
        return 0;
    }
    if (n == 0) return pb_err_set(err, PB_E_NETWORK, "the registry closed a connection");
    return take_bytes(r, c, (size_t)n, err);
}

static int run(struct receiving *r, struct pb_err *err)
{
    r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (r->epoll_fd < 0) return pb_err_sys(err, errno, "epoll_create1");
    for (size_t i = 0; i < CONNECTIONS && i < r->count; i++)
        if (begin_connection(r, &r->connections[i], err) != 0) return -1;
    while (r->done < r->count) {
        struct epoll_event events[CONNECTIONS];
        int n = epoll_wait(r->epoll_fd, events, CONNECTIONS, -1);
        if (n < 0 && errno != EINTR) return pb_err_sys(err, errno, "epoll_wait");
        for (int i = 0; i < n; i++)
            if (serve_connection(r, events[i].data.ptr, err) != 0) return -1;
    }
    return 0;
}

int pb_limit_receive(const char *registry, const char *const *paths, size_t count,
                     struct pb_err *err)
{
    static struct receiving r;
    r = (struct receiving){.paths = paths, .count = count, .epoll_fd = -1};
    size_t share = (count + CONNECTIONS - 1) / CONNECTIONS;
    r.ahead = share < REQUESTS_AHEAD ? share : REQUESTS_AHEAD;
    for (size_t i = 0; i < CONNECTIONS; i++)
        r.connections[i].fd = -1;
    int result = read_address(registry, &r, err);
    if (result == 0) result = run(&r, err);
    for (size_t i = 0; i < CONNECTIONS; i++)
        pb_cleanup_close(&r.connections[i].fd);
    pb_cleanup_close(&r.epoll_fd);
    return result;
}
