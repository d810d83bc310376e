/* SPDX-License-Identifier: MIT */
#ifndef PB_ECHO_SERVER_H
#define PB_ECHO_SERVER_H

#include <pthread.h>
#include <stdint.h>

/* Sends back what it receives, on a loopback port of TCP and the same of UDP, in two threads of
 * the test, which is no part of the measured tree. */
struct echo_server {
    int tcp_fd, udp_fd;
    uint16_t port;
    pthread_t threads[2];
};
int echo_server_start(struct echo_server *server); /* -1: no socket */
void echo_server_stop(struct echo_server *server);

#endif
