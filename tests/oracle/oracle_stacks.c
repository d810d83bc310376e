/* SPDX-License-Identifier: MIT */
/* Functions with known callers, shares of the CPU and waits. Built without frame pointers. */
#include "oracle.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NEVER_INLINE __attribute__((noinline, noclone))
#define NS_PER_MS 1000000L

static volatile unsigned done; /* written after each call, so that none becomes a jump */

static int64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

NEVER_INLINE static void oracle_burn_inner(long ms)
{
    int64_t until = cpu_ns() + ms * NS_PER_MS;
    while (cpu_ns() < until)
        for (unsigned i = 0; i < 200000; i++)
            done += i;
}

NEVER_INLINE static void oracle_burn_outer(long ms)
{
    oracle_burn_inner(ms);
    done++;
}

NEVER_INLINE static void oracle_wait_here(long ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * NS_PER_MS};
    nanosleep(&t, NULL);
    done++;
}

NEVER_INLINE static void oracle_wait_on_futex(long ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * NS_PER_MS};
    uint32_t word = 0;
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &t, NULL, 0);
    done++;
}

/* Called back by libc's qsort. */
static long sort_ms;
static int oracle_compare(const void *a, const void *b)
{
    if (sort_ms) oracle_burn_outer(sort_ms);
    sort_ms = 0;
    return *(const int *)a - *(const int *)b;
}

NEVER_INLINE static void oracle_sort(long ms)
{
    int items[] = {2, 1};
    sort_ms = ms;
    qsort(items, 2, sizeof *items, oracle_compare);
    done++;
}

static void *oracle_thread(void *ms)
{
    oracle_wait_on_futex(*(long *)ms);
    return NULL;
}

NEVER_INLINE static int oracle_child(long ms)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0) {
        oracle_burn_outer(ms);
        _exit(0);
    }
    if (pid > 0) waitpid(pid, &status, 0);
    return status;
}

int oracle_stacks(long ms)
{
    pthread_t thread;
    long futex_ms = 2 * ms;
    if (pthread_create(&thread, NULL, oracle_thread, &futex_ms) != 0) return 1;
    oracle_burn_outer(2 * ms);
    oracle_sort(ms);
    oracle_wait_here(ms);
    int rc = oracle_child(ms);
    pthread_join(thread, NULL);
    return rc != 0;
}
