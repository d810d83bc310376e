/* SPDX-License-Identifier: MIT */
/* Known CPU time, switches, processes, threads and memory. */
#include "oracle.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* In user mode: the clock is asked, which is a system call, only now and then. What the process
 * used before, the launcher's part included, does not count. */
int oracle_burn(long ms)
{
    volatile unsigned work = 0;
    double end = cpu_seconds() + (double)ms / 1000;
    while (cpu_seconds() < end)
        for (unsigned i = 0; i < 100000; i++)
            work += i;
    return 0;
}

/* In the kernel. */
int oracle_burn_sys(long ms)
{
    double end = cpu_seconds() + (double)ms / 1000;
    while (cpu_seconds() < end)
        for (int i = 0; i < 1000; i++)
            getppid();
    return 0;
}

/* The usual double fork: the grandchild belongs to nobody when it begins to work. */
int oracle_burn_as_daemon(long ms)
{
    pid_t child = fork();
    if (child < 0) return 1;
    if (child > 0) return waitpid(child, NULL, 0) == child ? 0 : 1;
    setsid();
    pid_t grandchild = fork();
    if (grandchild != 0) _exit(grandchild < 0);
    _exit(oracle_burn(ms));
}

/* The kernel reaps the child by itself and adds its time to nobody's; wait only waits. */
int oracle_burn_unreaped(long ms)
{
    signal(SIGCHLD, SIG_IGN);
    pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) _exit(oracle_burn(ms));
    return wait(NULL) == -1 ? 0 : 1;
}

/* A timed poll of nothing gives the CPU away once. */
int oracle_switch(long times)
{
    for (long i = 0; i < times; i++) {
        struct timespec t = {0, 1000};
        ppoll(NULL, 0, &t, NULL);
    }
    return 0;
}

int oracle_forks(long count)
{
    for (long i = 0; i < count; i++) {
        pid_t pid = fork();
        if (pid == 0) _exit(0);
        if (pid < 0 || waitpid(pid, NULL, 0) != pid) return 1;
    }
    return 0;
}

static void *do_nothing(void *arg)
{
    return arg;
}

int oracle_threads(long count)
{
    for (long i = 0; i < count; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, do_nothing, NULL) != 0) return 1;
        pthread_join(thread, NULL);
    }
    return 0;
}

int oracle_memory(long mib)
{
    size_t n = (size_t)mib << 20;
    char *p = malloc(n);
    if (!p) return 1;
    memset(p, 1, n);
    return p[n / 2] == 1 ? 0 : 1;
}

int oracle_memory_spike(long kib)
{
    size_t n = (size_t)kib << 10;
    const struct timespec t = {0, 20 * 1000 * 1000};
    char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return 1;
    memset(p, 1, n);
    return munmap(p, n) != 0 || nanosleep(&t, NULL) != 0;
}

static int end_children(void)
{
    int failed = 0, status;
    while (wait(&status) > 0)
        failed |= status;
    return failed != 0;
}

/* Each child says when its memory is there and stays until all have said so. */
static int together(long count, long mib)
{
    int ready[2], go[2];
    char byte = 'r';
    if (pipe(ready) != 0 || pipe(go) != 0) return 1;
    for (long i = 0; i < count; i++) {
        pid_t child = fork();
        if (child < 0) return 1;
        if (child > 0) continue;
        close(go[1]);
        int rc = mib ? oracle_memory(mib) : 0;
        _exit(rc || write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 0);
    }
    for (long i = 0; i < count; i++)
        if (read(ready[0], &byte, 1) != 1) return 1;
    close(go[1]);
    return end_children();
}

int oracle_memory_of_three(long mib)
{
    return together(3, mib);
}

int oracle_alive(long count)
{
    return together(count, 0);
}
