/* SPDX-License-Identifier: MIT */
/* A command whose resource use is known beforehand: oracle_program KIND AMOUNT. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int burn(long ms)
{
    while (cpu_seconds() * 1000 < (double)ms) {
    }
    return 0;
}

/* The usual double fork: the grandchild belongs to nobody when it begins to work. */
static int burn_as_daemon(long ms)
{
    pid_t child = fork();
    if (child < 0) return 1;
    if (child > 0) return waitpid(child, NULL, 0) == child ? 0 : 1;
    setsid();
    pid_t grandchild = fork();
    if (grandchild != 0) _exit(grandchild < 0);
    _exit(burn(ms));
}

/* A timed poll of nothing gives the CPU away once. */
static int switch_voluntarily(long times)
{
    for (long i = 0; i < times; i++) {
        struct timespec t = {0, 1000};
        ppoll(NULL, 0, &t, NULL);
    }
    return 0;
}

static int touch_memory(long mib)
{
    size_t n = (size_t)mib << 20;
    char *p = malloc(n);
    if (!p) return 1;
    memset(p, 1, n);
    return p[n / 2] == 1 ? 0 : 1;
}

static int write_file(long kib)
{
    char block[1024];
    memset(block, 'x', sizeof block);
    int fd = open("written", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0) return 1;
    for (long i = 0; i < kib; i++)
        if (write(fd, block, sizeof block) != (ssize_t)sizeof block) return 1;
    return close(fd);
}

static int fork_children(long count)
{
    for (long i = 0; i < count; i++) {
        pid_t pid = fork();
        if (pid == 0) _exit(0);
        if (pid < 0 || waitpid(pid, NULL, 0) != pid) return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *kind;
        int (*run)(long amount);
    } kinds[] = {
        {"burn", burn},           {"daemon", burn_as_daemon}, {"switches", switch_voluntarily},
        {"memory", touch_memory}, {"write", write_file},      {"forks", fork_children}};
    for (size_t i = 0; argc == 3 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(argv[1], kinds[i].kind) == 0) return kinds[i].run(strtol(argv[2], NULL, 10));
    fprintf(stderr, "usage: oracle_program burn|daemon|switches|memory|write|forks AMOUNT\n");
    return 2;
}
