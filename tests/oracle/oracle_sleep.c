/* SPDX-License-Identifier: MIT */
/* Known waiting, each kind in a different system call. */
#include "oracle.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
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

int oracle_sleep_select(long ms)
{
    struct timeval limit = {ms / 1000, ms % 1000 * 1000};
    return select(0, NULL, NULL, NULL, &limit);
}

/* A TCP server to which nobody comes. */
int oracle_sleep_accept(long ms)
{
    struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval limit = {ms / 1000, ms % 1000 * 1000};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&self, sizeof self) != 0 || listen(fd, 1) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0)
        return 1;
    return accept(fd, NULL, NULL) == -1 ? 0 : 1;
}

/* The child's own sleep is of another reason. */
int oracle_sleep_child(long ms)
{
    pid_t child = fork();
    if (child == 0) _exit(oracle_sleep(ms));
    return child > 0 && waitpid(child, NULL, 0) == child ? 0 : 1;
}

static int lock_file(int fd, bool by_record)
{
    struct flock record = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return by_record ? fcntl(fd, F_SETLKW, &record) : flock(fd, LOCK_EX);
}

/* A child takes the lock, says so by a pipe, and keeps it for the time; its parent wants it, too.
 */
static int sleep_for_lock(long ms, bool by_record)
{
    int ready[2];
    char byte = 0;
    if (pipe(ready) != 0) return 1;
    pid_t child = fork();
    int fd = open("locked", O_RDWR | O_CREAT, 0644);
    if (child < 0 || fd < 0) return 1;
    if (child == 0)
        _exit(lock_file(fd, by_record) != 0 || write(ready[1], &byte, 1) != 1 || oracle_sleep(ms));
    if (read(ready[0], &byte, 1) != 1 || lock_file(fd, by_record) != 0) return 1;
    return waitpid(child, NULL, 0) == child ? 0 : 1;
}

int oracle_sleep_flock(long ms)
{
    return sleep_for_lock(ms, false);
}

int oracle_sleep_fcntl(long ms)
{
    return sleep_for_lock(ms, true);
}
