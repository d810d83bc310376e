/* SPDX-License-Identifier: MIT */
#include "harness/limit/receive.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define A "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
#define EMPTY "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"

enum { CONNECTIONS_MAX = 32 };

/* On each of its connections: waits for all requests, then says its answer a part at a time. */
struct server {
    int fd;
    size_t connections, requests; /* requests: on each */
    const char *answer;
    size_t part;
    pthread_t threads[CONNECTIONS_MAX];
    char registry[64];
};

static size_t count_requests(const char *text)
{
    size_t n = 0;
    while ((text = strstr(text, "\r\n\r\n")) != NULL) {
        text += 4;
        n++;
    }
    return n;
}

static void *serve(void *arg)
{
    struct server *s = arg;
    char got[1 << 16];
    size_t n = 0, asked = 0;
    int fd = accept(s->fd, NULL, NULL);
    if (fd < 0) return NULL;
    while (asked < s->requests) {
        ssize_t more = recv(fd, got + n, sizeof got - 1 - n, 0);
        if (more <= 0) break;
        n += (size_t)more;
        got[n] = '\0';
        asked = count_requests(got);
    }
    for (size_t at = 0, length = strlen(s->answer), part; at < length; at += part) {
        part = length - at < s->part ? length - at : s->part;
        if (send(fd, s->answer + at, part, MSG_NOSIGNAL) < 0) break;
        usleep(200); /* so that parts arrive as parts */
    }
    shutdown(fd, SHUT_WR);
    while (recv(fd, got, sizeof got, 0) > 0) {
    }
    close(fd);
    return NULL;
}

static void begin(struct server *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(bind(s->fd, (struct sockaddr *)&at, n) == 0 && listen(s->fd, 64) == 0);
    cr_assert_eq(getsockname(s->fd, (struct sockaddr *)&at, &n), 0);
    snprintf(s->registry, sizeof s->registry, "http://127.0.0.1:%u/", (unsigned)ntohs(at.sin_port));
    for (size_t i = 0; i < s->connections; i++)
        cr_assert_eq(pthread_create(&s->threads[i], NULL, serve, s), 0);
}

static void end(struct server *s)
{
    shutdown(s->fd, SHUT_RDWR);
    for (size_t i = 0; i < s->connections; i++)
        cr_assert_eq(pthread_join(s->threads[i], NULL), 0);
    close(s->fd);
}

static const struct {
    const char *what, *answer, *refused; /* refused: NULL when all is well */
} answers[] = {
    {"one", A, NULL},
    {"empty", EMPTY, NULL},
    {"missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "unexpected answer"},
    {"no length", "HTTP/1.1 200 OK\r\n\r\nabc", "unexpected answer"},
    {"cut off", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "closed a connection"},
    {"nothing", "", "closed a connection"},
};

Test(limit_receive, answers)
{
    const char *paths[] = {"/a"};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        for (size_t part = 1; part <= 1024; part *= 32) {
            struct server s = {
                .connections = 1, .requests = 1, .answer = answers[i].answer, .part = part};
            struct pb_err err = PB_ERR_INIT;
            begin(&s);
            int result = pb_limit_receive(s.registry, paths, 1, &err);
            end(&s);
            cr_expect_eq(result, answers[i].refused ? -1 : 0, "%s: %s", answers[i].what, err.msg);
            if (answers[i].refused)
                cr_expect(strstr(err.msg, answers[i].refused) != NULL, "%s: %s", answers[i].what,
                          err.msg);
        }
}

/* No connection is answered before it asked twice. */
Test(limit_receive, asks_ahead)
{
    const char *paths[CONNECTIONS_MAX * 2];
    const size_t count = sizeof paths / sizeof *paths;
    for (size_t i = 0; i < count; i++)
        paths[i] = "/a";
    for (size_t part = 1; part <= 1024; part *= 8) {
        struct server s = {
            .connections = CONNECTIONS_MAX, .requests = 2, .answer = A EMPTY, .part = part};
        struct pb_err err = PB_ERR_INIT;
        begin(&s);
        int result = pb_limit_receive(s.registry, paths, count, &err);
        end(&s);
        cr_expect_eq(result, 0, "%s", err.msg);
    }
}

static void expect_refused(const char *answer, const char *why)
{
    const char *paths[] = {"/a"};
    struct server s = {.connections = 1, .requests = 1, .answer = answer, .part = strlen(answer)};
    struct pb_err err = PB_ERR_INIT;
    begin(&s);
    cr_expect_eq(pb_limit_receive(s.registry, paths, 1, &err), -1);
    end(&s);
    cr_expect(strstr(err.msg, why) != NULL, "%s", err.msg);
}

Test(limit_receive, answers_to_nothing_are_refused)
{
    expect_refused(A EMPTY, "nobody asked");
}

Test(limit_receive, long_head_is_refused)
{
    static char head[16384] = "HTTP/1.1 200 OK\r\nX: ";
    memset(head + strlen(head), 'x', sizeof head - 1 - strlen(head));
    expect_refused(head, "too long");
}

Test(limit_receive, nothing_listens)
{
    struct server s = {0};
    const char *paths[] = {"/a"};
    struct pb_err err = PB_ERR_INIT;
    begin(&s);
    end(&s);
    cr_expect_eq(pb_limit_receive(s.registry, paths, 1, &err), -1);
    cr_expect(strstr(err.msg, "connect to 127.0.0.1") != NULL, "%s", err.msg);
    cr_expect_eq(pb_limit_receive("https://registry.example/", paths, 1, &err), -1);
}
