/* SPDX-License-Identifier: MIT */
/*
 * How exact the emulated link is, on this machine, now:
 *
 *   link_accuracy [RTT:RATE[,slow-start]] [in-server]        (50ms:200Mbit)
 *
 * Between two network namespaces, or with in-server as the registry server emulates it where these
 * are not permitted: then the set-up takes no time and the first round trip twice its time.
 *
 * Set-up, round trip idle and beside a bulk transfer, rate of one and of eight connections, and how
 * evenly these share. Exit status 1 when a round trip is off by more than 2 ms or the rate of bulk
 * by more than 5 %; 77 when links cannot be emulated here.
 */
#include "base/clock.h"
#include "fixtures/link/proxy_line.h"
#include "harness/isolation/link_line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 7, SERVER_PORT = 21007, PROXY_PORT = 21008, TRIES = 41, STREAMS = 8 };
#define RTT_TOLERANCE_MS 2.0
#define RATE_TOLERANCE 0.05
#define BULK_SECONDS 3

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "link_accuracy: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void send_all(int fd, const void *data, size_t n)
{
    for (ssize_t sent; n; data = (const char *)data + sent, n -= (size_t)sent)
        if ((sent = send(fd, data, n, MSG_NOSIGNAL)) <= 0) _exit(0); /* the client is done */
}

/* Echoes until a request for bulk comes: 'b' and the number of bytes. */
static _Noreturn void serve_one(int fd)
{
    static char block[1 << 16];
    uint64_t bytes;
    char kind;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    while (read(fd, &kind, 1) == 1 && kind == 'p')
        send_all(fd, &kind, 1);
    if (kind != 'b' || recv(fd, &bytes, sizeof bytes, MSG_WAITALL) != sizeof bytes) _exit(0);
    for (size_t n; bytes; bytes -= n) {
        n = bytes < sizeof block ? bytes : sizeof block;
        send_all(fd, block, n);
    }
    _exit(0);
}

static struct sockaddr_in address(const char *host, unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &at.sin_addr);
    return at;
}

static struct sockaddr_in server_at, clients_to; /* the same, or before the proxy */

static int listen_at(const struct sockaddr_in *at)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, (const struct sockaddr *)at, sizeof *at) != 0 || listen(fd, 64) != 0)
        die("listen");
    return fd;
}

static _Noreturn void serve(const struct pb_namespaces *namespaces, int ready_fd)
{
    signal(SIGCHLD, SIG_IGN);
    if (!pb_namespaces_enter(namespaces)) die("enter the server's namespace");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int fd = listen_at(&server_at);
    if (write(ready_fd, "r", 1) != 1) die("tell");
    for (;;) {
        int client = accept(fd, NULL, NULL);
        if (client >= 0 && fork() == 0) serve_one(client);
        close(client);
    }
}

static int connect_to_server(void)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&clients_to, sizeof clients_to) != 0)
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_size);
    return values[n / 2];
}

static double ms_since(int64_t then)
{
    return (double)(pb_now_ns() - then) / PB_NS_PER_MS;
}

static double connect_ms(void)
{
    double values[TRIES];
    for (int i = 0; i < TRIES; i++) {
        int64_t began = pb_now_ns();
        int fd = connect_to_server();
        values[i] = ms_since(began);
        close(fd);
    }
    return median(values, TRIES);
}

static double ping_ms(void)
{
    double values[TRIES];
    int fd = connect_to_server();
    for (int i = 0; i < TRIES; i++) {
        char byte = 'p';
        int64_t began = pb_now_ns();
        if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1) die("ping");
        values[i] = ms_since(began);
    }
    close(fd);
    return median(values, TRIES);
}

/* Bits per second from the first byte to the last, that is without set-up and request. */
static double bulk(uint64_t bytes)
{
    static char block[1 << 18];
    int64_t began = 0;
    uint64_t got = 0, first = 0;
    int fd = connect_to_server();
    if (write(fd, "b", 1) != 1 || write(fd, &bytes, sizeof bytes) != sizeof bytes) die("request");
    for (ssize_t n; (n = read(fd, block, sizeof block)) > 0; got += (uint64_t)n) {
        if (began) continue;
        began = pb_now_ns();
        first = (uint64_t)n;
    }
    close(fd);
    return (double)(got - first) * 8 / ((double)(pb_now_ns() - began) / PB_NS_PER_S);
}

/* The client's findings, in memory shared with the parent. */
struct findings {
    double connect_ms, ping_ms, loaded_ping_ms, one, streams[STREAMS], together;
};

static void bulk_in_background(uint64_t bytes, double *rate)
{
    if (fork() != 0) return;
    *rate = bulk(bytes);
    _exit(0);
}

static _Noreturn void measure(const struct pb_namespaces *namespaces, struct findings *f,
                              uint64_t bits_per_s)
{
    uint64_t bytes = bits_per_s / 8 * BULK_SECONDS;
    double ignored;
    if (!pb_namespaces_enter(namespaces)) die("enter the client's namespace");
    f->connect_ms = connect_ms();
    f->ping_ms = ping_ms();
    f->one = bulk(bytes);
    bulk_in_background(bytes, &ignored);
    f->loaded_ping_ms = ping_ms();
    while (wait(NULL) > 0) {
    }
    int64_t began = pb_now_ns();
    for (int i = 0; i < STREAMS; i++)
        bulk_in_background(bytes / STREAMS, &f->streams[i]);
    while (wait(NULL) > 0) {
    }
    bytes -= bytes % STREAMS;
    f->together =
        (double)bytes * 8 / ((double)(pb_now_ns() - began) / PB_NS_PER_S - 2 * f->ping_ms / 1000);
    _exit(0);
}

static bool show(const char *what, double wanted, double got, const char *unit, double tolerance)
{
    bool ok = fabs(got - wanted) <= tolerance;
    printf("%-34s %9.2f %9.2f %-7s %+7.2f%s\n", what, wanted, got, unit, got - wanted,
           ok ? "" : "  off");
    return ok;
}

static bool judge(const struct pb_link_spec *spec, const struct findings *f, bool in_server)
{
    double rtt = (double)spec->rtt_ns / PB_NS_PER_MS, rate = (double)spec->bits_per_s / 1e6;
    double least = f->streams[0], most = f->streams[0];
    for (int i = 1; i < STREAMS; i++) {
        least = fmin(least, f->streams[i]);
        most = fmax(most, f->streams[i]);
    }
    printf("%-34s %9s %9s %-7s %7s\n", "", "wanted", "measured", "", "error");
    /* A slow start costs a connection some round trips: its rate is shown, not judged. */
    double margin = spec->slow_start ? rate : RATE_TOLERANCE * rate;
    bool ok = show("connect, median", in_server ? 0 : rtt, f->connect_ms, "ms", RTT_TOLERANCE_MS);
    ok &= show("round trip, median", rtt, f->ping_ms, "ms", RTT_TOLERANCE_MS);
    ok &= show("round trip beside a bulk transfer", rtt, f->loaded_ping_ms, "ms", RTT_TOLERANCE_MS);
    ok &= show("one connection", rate, f->one / 1e6, "Mbit/s", margin);
    ok &= show("eight connections together", rate, f->together / 1e6, "Mbit/s", margin);
    printf("%-34s %9s %9.2f\n", "slowest to fastest of the eight", "1", least / most);
    return ok;
}

static void run(const struct pb_namespaces *server_in, const struct pb_namespaces *client_in,
                struct findings *f, uint64_t bits_per_s)
{
    int ready[2];
    char byte;
    if (pipe(ready) != 0) die("pipe");
    pid_t server = fork();
    if (server == 0) serve(server_in, ready[1]);
    if (read(ready[0], &byte, 1) != 1) die("start the server");
    pid_t client = fork();
    if (client == 0) measure(client_in, f, bits_per_s);
    waitpid(client, NULL, 0);
    kill(server, SIGKILL); /* it holds the line's control descriptor, too */
    waitpid(server, NULL, 0);
}

static void show_line(const struct pb_link_line *line)
{
    const struct pb_tun_line_stats *s = line->stats;
    printf("the line: %.0f MB in %llu packets, %llu dropped, %.2f s CPU (%.1f ms per MB)\n",
           (double)s->bytes / 1e6, (unsigned long long)s->packets, (unsigned long long)s->dropped,
           (double)s->cpu_ns / PB_NS_PER_S,
           (double)s->cpu_ns / PB_NS_PER_MS / ((double)s->bytes / 1e6));
}

static int run_between_namespaces(const struct pb_link_spec *spec, struct findings *f,
                                  struct pb_err *err)
{
    struct pb_link_line line;
    server_at = clients_to = address(PB_LINK_SERVER_ADDRESS, PORT);
    if (pb_link_line_start(spec, &line, err) != 0) return -1;
    run(&line.server.enter, &line.client.enter, f, spec->bits_per_s);
    show_line(&line);
    pb_link_line_stop(&line);
    return 0;
}

static int run_in_server(const struct pb_link_spec *spec, struct findings *f, struct pb_err *err)
{
    server_at = address("127.0.0.1", SERVER_PORT);
    clients_to = address("127.0.0.1", PROXY_PORT);
    struct pb_proxy_line *line = pb_proxy_line_start(listen_at(&clients_to), &server_at, spec, err);
    if (!line) return -1;
    run(NULL, NULL, f, spec->bits_per_s);
    pb_proxy_line_stop(line);
    return 0;
}

int main(int argc, char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_link_spec spec;
    char text[64];
    bool in_server = argc > 2 && strcmp(argv[2], "in-server") == 0;
    struct findings *f =
        mmap(NULL, sizeof *f, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (f == MAP_FAILED) die("shared memory");
    int rc = -1;
    if (pb_link_parse(argc > 1 ? argv[1] : "50ms:200Mbit", &spec, &err) == 0)
        rc = in_server ? run_in_server(&spec, f, &err) : run_between_namespaces(&spec, f, &err);
    if (rc != 0) {
        fprintf(stderr, "link_accuracy: %s\n", err.msg);
        return err.code == PB_E_UNSUPPORTED ? 77 : 2;
    }
    pb_link_describe(&spec, text, sizeof text);
    printf("%s%s\n", text, in_server ? ", in the server" : "");
    return judge(&spec, f, in_server) ? 0 : 1;
}
