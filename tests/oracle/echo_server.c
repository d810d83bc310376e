/* SPDX-License-Identifier: MIT */
#include "echo_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static void *serve_tcp(void *arg)
{
    const struct echo_server *server = arg;
    char block[65536];
    for (;;) {
        int fd = accept(server->tcp_fd, NULL, NULL);
        if (fd < 0) return NULL; /* shut down */
        ssize_t n;
        while ((n = read(fd, block, sizeof block)) > 0)
            if (write(fd, block, (size_t)n) != n) break;
        close(fd);
    }
}

static void *serve_udp(void *arg)
{
    const struct echo_server *server = arg;
    static char block[65536];
    for (;;) {
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        ssize_t n =
            recvfrom(server->udp_fd, block, sizeof block, 0, (struct sockaddr *)&peer, &length);
        if (n <= 0) return NULL;
        if (sendto(server->udp_fd, block, (size_t)n, 0, (struct sockaddr *)&peer, length) != n)
            return NULL;
    }
}

int echo_server_start(struct echo_server *server)
{
    struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof self;
    server->tcp_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    server->udp_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(server->tcp_fd, (struct sockaddr *)&self, sizeof self) != 0 ||
        listen(server->tcp_fd, 5) != 0 ||
        getsockname(server->tcp_fd, (struct sockaddr *)&self, &length) != 0 ||
        bind(server->udp_fd, (struct sockaddr *)&self, sizeof self) != 0)
        return -1;
    server->port = ntohs(self.sin_port);
    return pthread_create(&server->threads[0], NULL, serve_tcp, server) ||
                   pthread_create(&server->threads[1], NULL, serve_udp, server)
               ? -1
               : 0;
}

void echo_server_stop(struct echo_server *server)
{
    shutdown(server->tcp_fd, SHUT_RDWR);
    shutdown(server->udp_fd, SHUT_RDWR); /* wakes the reader even though it is not connected */
    pthread_join(server->threads[0], NULL);
    pthread_join(server->threads[1], NULL);
    close(server->tcp_fd);
    close(server->udp_fd);
}
