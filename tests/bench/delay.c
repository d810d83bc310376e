/* SPDX-License-Identifier: MIT */
/* Runs a program and then sleeps for a part of the time that it took: a slowdown of known size.
 *   bench_delay PERCENT PROGRAM [ARGUMENT...]      exit status: the program's */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void sleep_s(double seconds)
{
    struct timespec left = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

int main(int argc, char **argv)
{
    char *end = NULL;
    double percent = argc > 2 ? strtod(argv[1], &end) : -1;
    int status;
    pid_t pid;
    if (percent < 0 || *end) {
        fprintf(stderr, "usage: bench_delay PERCENT PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    double began = now_s();
    int error = posix_spawn(&pid, argv[2], NULL, NULL, argv + 2, environ);
    if (error) {
        fprintf(stderr, "bench_delay: %s: %s\n", argv[2], strerror(error));
        return 2;
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return 2;
    sleep_s((now_s() - began) * percent / 100);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
