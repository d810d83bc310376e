/* SPDX-License-Identifier: MIT */
/* Known waiting, each kind in a different system call. */
#include "oracle.h"

#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static struct timespec timespec_of(long ms)
{
    return (struct timespec){ms / 1000, ms % 1000 * 1000000};
}

int oracle_sleep(long ms)
{
    struct timespec t = timespec_of(ms);
    return nanosleep(&t, NULL);
}

int oracle_sleep_futex(long ms)
{
    uint32_t word = 1;
    struct timespec t = timespec_of(ms);
    return syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, &t, NULL, 0) == -1 ? 0 : 1;
}

int oracle_sleep_epoll(long ms)
{
    struct epoll_event event;
    int fd = epoll_create1(0);
    return fd < 0 ? 1 : epoll_wait(fd, &event, 1, (int)ms);
}

int oracle_sleep_poll(long ms)
{
    return poll(NULL, 0, (int)ms);
}

int oracle_sleep_socket(long ms)
{
    int pair[2];
    char byte;
    struct timeval limit = {ms / 1000, ms % 1000 * 1000};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ||
        setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0)
        return 1;
    return recv(pair[0], &byte, 1, 0) == -1 ? 0 : 1;
}

static void on_alarm(int signal)
{
    (void)signal;
}

/* read() knows no time limit: a signal ends it. */
static int read_until_alarm(int fd, long ms)
{
    char byte;
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval timer = {.it_value = {ms / 1000, ms % 1000 * 1000}};
    if (sigaction(SIGALRM, &action, NULL) != 0 || setitimer(ITIMER_REAL, &timer, NULL) != 0)
        return 1;
    return read(fd, &byte, 1) == -1 ? 0 : 1;
}

int oracle_sleep_socket_read(long ms)
{
    int pair[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ? 1 : read_until_alarm(pair[0], ms);
}

int oracle_sleep_pipe(long ms)
{
    int ends[2];
    return pipe(ends) != 0 ? 1 : read_until_alarm(ends[0], ms);
}
