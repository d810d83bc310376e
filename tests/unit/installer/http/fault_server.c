/* SPDX-License-Identifier: MIT */
#include "fault_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 256, MAX_REQUESTS = 4096, MAX_ROWS = 64 };

struct fault_server {
    const struct fault_answer *answers;
    int listen_fd, port;
    pthread_t acceptor, threads[MAX_CONNECTIONS];
    int fds[MAX_CONNECTIONS];
    unsigned connections, requests;
    unsigned served[MAX_ROWS]; /* per row of the table */
    struct fault_request log[MAX_REQUESTS];
    bool stopping;
    pthread_mutex_t lock;
    char urls[8][300];
    unsigned next_url;
};

struct connection {
    struct fault_server *server;
    int fd;
};

static void require(bool ok, const char *what)
{
    if (ok) return;
    perror(what);
    abort();
}

static bool send_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, data, n, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        data += sent;
        n -= (size_t)sent;
    }
    return true;
}

static void copy_header(const char *head, const char *name, char *out, size_t size)
{
    size_t n = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, n) != 0 || line[2 + n] != ':') continue;
        const char *value = line + 3 + n + strspn(line + 3 + n, " ");
        snprintf(out, size, "%.*s", (int)strcspn(value, "\r"), value);
    }
}

static void log_request(struct fault_server *s, const char *head)
{
    struct fault_request r = {0};
    const char *path = strchr(head, ' ');
    if (path) snprintf(r.path, sizeof r.path, "%.*s", (int)strcspn(path + 1, " "), path + 1);
    copy_header(head, "host", r.host, sizeof r.host);
    copy_header(head, "authorization", r.authorization, sizeof r.authorization);
    copy_header(head, "if-none-match", r.etag, sizeof r.etag);
    copy_header(head, "accept-encoding", r.encoding, sizeof r.encoding);
    copy_header(head, "accept", r.accept, sizeof r.accept);
    if (s->requests < MAX_REQUESTS) s->log[s->requests] = r;
    s->requests++;
}

/* Logs the request and finds the row that answers it. */
static const struct fault_answer *take_answer(struct fault_server *s, const char *head)
{
    static const struct fault_answer missing = {.path = "", .status = 404};
    const char *path = strchr(head, ' ');
    size_t n = path ? strcspn(path + 1, " ") : 0;
    const struct fault_answer *found = &missing;
    pthread_mutex_lock(&s->lock);
    log_request(s, head);
    for (unsigned i = 0; path && s->answers[i].path; i++) {
        const struct fault_answer *a = &s->answers[i];
        if (strlen(a->path) != n || strncmp(a->path, path + 1, n) != 0) continue;
        if (a->times && s->served[i] >= a->times) continue;
        s->served[i]++;
        found = a;
        break;
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* False when the peer went away meanwhile. */
static bool wait_ms(int fd, unsigned ms)
{
    struct pollfd gone = {.fd = fd, .events = POLLIN};
    return ms == 0 || poll(&gone, 1, (int)ms) == 0;
}

static bool send_part(int fd, const struct fault_answer *a, const char *data, size_t n)
{
    char size[32];
    if (n == 0) return true;
    if (!a->chunked) return send_all(fd, data, n);
    int digits = snprintf(size, sizeof size, "%zx\r\n", n);
    return send_all(fd, size, (size_t)digits) && send_all(fd, data, n) && send_all(fd, "\r\n", 2);
}

/* False: the connection is to be closed. */
static bool send_answer(int fd, const struct fault_answer *a)
{
    char head[1024], length[64] = "transfer-encoding: chunked\r\n";
    size_t n = a->body ? a->body_bytes ? a->body_bytes : strlen(a->body) : 0;
    if (a->status == 0 || !wait_ms(fd, a->delay_ms)) return false;
    if (!a->chunked)
        snprintf(length, sizeof length, "content-length: %zu\r\n",
                 a->claimed_bytes ? a->claimed_bytes : n);
    int head_n = snprintf(head, sizeof head, "HTTP/1.1 %d Status\r\n%s%s%s\r\n", a->status,
                          a->status == 304 ? "" : length, a->headers ? a->headers : "",
                          a->close ? "connection: close\r\n" : "");
    if (a->cut && n > 0) n--;
    size_t half = a->stall_ms ? n / 2 : n;
    if (!send_all(fd, head, (size_t)head_n) || !send_part(fd, a, a->body, half)) return false;
    if (!wait_ms(fd, a->stall_ms)) return false;
    if (half < n && !send_part(fd, a, a->body + half, n - half)) return false;
    if (a->cut) return false;
    if (a->chunked && !send_all(fd, "0\r\n\r\n", 5)) return false;
    return !a->close;
}

static void *serve_connection(void *user)
{
    struct connection c = *(struct connection *)user;
    free(user);
    char head[8192];
    size_t n = 0;
    for (bool open = true; open;) {
        ssize_t got = recv(c.fd, head + n, sizeof head - 1 - n, 0);
        if (got <= 0) break;
        n += (size_t)got;
        head[n] = '\0';
        if (!strstr(head, "\r\n\r\n")) continue;
        open = send_answer(c.fd, take_answer(c.server, head));
        n = 0; /* clients here do not pipeline */
    }
    shutdown(c.fd, SHUT_RDWR); /* closed by stop: its number must not be used again before */
    return NULL;
}

static void *accept_connections(void *user)
{
    struct fault_server *s = user;
    for (;;) {
        int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) return NULL;
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        pthread_mutex_lock(&s->lock);
        struct connection *c = malloc(sizeof *c);
        if (s->stopping || s->connections == MAX_CONNECTIONS || !c) {
            close(fd);
            free(c);
        } else {
            *c = (struct connection){s, fd};
            s->fds[s->connections] = fd;
            require(pthread_create(&s->threads[s->connections], NULL, serve_connection, c) == 0,
                    "pthread_create");
            s->connections++;
        }
        pthread_mutex_unlock(&s->lock);
    }
}

struct fault_server *fault_server_start(const struct fault_answer *answers)
{
    struct fault_server *s = calloc(1, sizeof *s);
    require(s != NULL, "calloc");
    s->answers = answers;
    pthread_mutex_init(&s->lock, NULL);
    s->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(s->listen_fd >= 0, "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    require(bind(s->listen_fd, (struct sockaddr *)&address, size) == 0, "bind");
    require(listen(s->listen_fd, 128) == 0, "listen");
    require(getsockname(s->listen_fd, (struct sockaddr *)&address, &size) == 0, "getsockname");
    s->port = ntohs(address.sin_port);
    require(pthread_create(&s->acceptor, NULL, accept_connections, s) == 0, "pthread_create");
    return s;
}

void fault_server_stop(struct fault_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_mutex_unlock(&s->lock);
    shutdown(s->listen_fd, SHUT_RDWR);
    pthread_join(s->acceptor, NULL);
    close(s->listen_fd);
    for (unsigned i = 0; i < s->connections; i++) {
        shutdown(s->fds[i], SHUT_RDWR);
        pthread_join(s->threads[i], NULL);
        close(s->fds[i]);
    }
    pthread_mutex_destroy(&s->lock);
    free(s);
}

const char *fault_server_url_as(struct fault_server *s, const char *host, const char *path)
{
    char *url = s->urls[s->next_url++ % 8];
    snprintf(url, sizeof s->urls[0], "http://%s:%d%s", host, s->port, path);
    return url;
}

const char *fault_server_url(struct fault_server *s, const char *path)
{
    return fault_server_url_as(s, "127.0.0.1", path);
}

unsigned fault_server_requests(struct fault_server *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned n = s->requests;
    pthread_mutex_unlock(&s->lock);
    return n;
}

unsigned fault_server_connections(struct fault_server *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned n = s->connections;
    pthread_mutex_unlock(&s->lock);
    return n;
}

struct fault_request fault_server_request(struct fault_server *s, unsigned i)
{
    pthread_mutex_lock(&s->lock);
    struct fault_request r = s->log[i];
    pthread_mutex_unlock(&s->lock);
    return r;
}
