/* SPDX-License-Identifier: MIT */
#include "fake.h"

#include "base/fs.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

_Noreturn void die(const char *what)
{
    fprintf(stderr, "fake_manager: %s\n", what);
    exit(1);
}

bool mode(const char *name)
{
    const char *value = getenv("FAKE_MODE");
    return value && strcmp(value, name) == 0;
}

const char *hidden(const char *name)
{
    static char path[4096];
    const char *folder = getenv("FAKE_HIDDEN");
    if (!folder || pb_mkdir_p(AT_FDCWD, folder, NULL) != 0) die("FAKE_HIDDEN");
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* How often this was asked on behalf of all processes. */
static int count_calls(void)
{
    FILE *file = fopen(hidden("calls"), "a");
    if (!file || fputc('.', file) == EOF) die("calls");
    long n = ftell(file);
    fclose(file);
    return (int)n;
}

/* As if somebody had rebuilt the program meanwhile. */
static void touch_own_program(void)
{
    PB_AUTO_FREE char *self = pb_real_path("/proc/self/exe", NULL);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000000000}};
    if (!self || utimensat(AT_FDCWD, self, times, 0) != 0) die("touch the program");
}

/* Three tenths of the whole file system, without writing them. */
static void take_blocks(void)
{
    struct statvfs fs;
    PB_AUTO_FD int fd = open("large", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || fstatvfs(fd, &fs) != 0) die("large");
    if (fallocate(fd, 0, 0, (off_t)(fs.f_blocks / 10 * 3 * fs.f_frsize)) != 0) die("disk full");
}

/* What corepack does: the project's next user finds another manager's name in it. */
static void pin(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/package.json", folder);
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 20);
    if (pb_read_file(AT_FDCWD, path, &text, NULL) != 0 || text.n == 0) die(path);
    PB_AUTO_BUF struct pb_buf pinned = PB_BUF_INIT(1 << 20);
    pb_buf_add_cstr(&pinned, "{\"packageManager\":\"fake@9\",");
    pb_buf_add_str(&pinned, pb_str_skip(pb_buf_str(&text), 1));
    if (pb_write_file(AT_FDCWD, path, pb_buf_str(&pinned), 0644, NULL) != 0) die(path);
}

static void leave_stray(void)
{
    if (fork() != 0) return;
    setsid();
    for (;;)
        pause();
}

/* Asks another host, by number and by name; that it fails does not matter. */
static void leave_registry(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(443)};
    struct addrinfo *found = NULL;
    PB_AUTO_FD int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || inet_pton(AF_INET, "203.0.113.7", &to.sin_addr) != 1) die("no socket");
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) die("another host answers");
    if (getaddrinfo("registry.example", "443", NULL, &found) == 0) freeaddrinfo(found);
}

static _Noreturn void show_cpus(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : -1;
    fprintf(stderr, "may use %d processor(s)\n", n);
    exit(7);
}

/* No mistake, but something to find in a flame graph. */
__attribute__((noinline)) static void be_busy(void)
{
    struct timespec t = {0};
    while (t.tv_sec == 0 && t.tv_nsec < 200000000)
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
}

void misbehave(const char *registry)
{
    struct timespec second = {1, 0};
    if (mode("crash")) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit code of it */
        raise(SIGSEGV);
    }
    if (mode("exit_7")) {
        fprintf(stderr, "the reason is said last\n");
        exit(7);
    }
    if (mode("flaky") && count_calls() % 3 == 0) die("every third time");
    if (mode("rebuilt")) touch_own_program();
    if (mode("pins_project")) pin(".");
    if (mode("pins_template")) pin("../../template");
    if (mode("slow")) nanosleep(&second, NULL);
    if (mode("busy")) be_busy();
    const char *sleep_ms = getenv("FAKE_SLEEP_MS");
    if (sleep_ms) {
        struct timespec pause = {0, strtol(sleep_ms, NULL, 10) % 1000 * 1000000};
        nanosleep(&pause, NULL);
    }
    while (mode("hang"))
        pause();
    if (mode("shows_cpus")) show_cpus();
    if (mode("large")) take_blocks();
    if (mode("stray")) leave_stray();
    if (mode("leaves")) leave_registry();
    if (mode("miss")) {
        char url[1024];
        PB_AUTO_BUF struct pb_buf body = PB_BUF_INIT(RESPONSE_MAX_BYTES);
        snprintf(url, sizeof url, "%sno-such-package-anywhere", registry);
        get(url, &body);
    }
}
