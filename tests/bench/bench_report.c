/* SPDX-License-Identifier: MIT */
/*
 * How long the largest report takes and how much memory it needs, format by format, each in a
 * process of its own: reading the journal, comparing, rendering. The journal lies in memory, the
 * report is thrown away. Usage: bench_report [ARMS PHASES ROUNDS]   (200 7 20)
 */
#include "../unit/reports/made_journal.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "reports/format.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MAX_BYTES = 256 << 20 };

static int discard(void *context, struct pb_buf *out, struct pb_err *err)
{
    size_t *total = context;
    (void)err;
    *total += out->n;
    pb_buf_clear(out);
    return 0;
}

static int report(const struct pb_report_format *format, const char *dir, int result_fd)
{
    struct pb_journal_data journal;
    struct pb_err err = PB_ERR_INIT;
    size_t total = 0;
    struct pb_buf out = PB_BUF_INIT(OUTPUT_MAX_BYTES);
    struct pb_report_options options = {.drain = discard, .drain_context = &total};
    int rc = pb_journal_read(dir, &journal, &err);
    if (rc == 0) rc = pb_report_write(format, &journal, &options, &out, &err);
    if (rc == 0) rc = pb_write_all(result_fd, (const char *)&total, sizeof total, &err);
    if (rc != 0) fprintf(stderr, "%s: %s\n", format->name, err.msg);
    return rc != 0;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static int measure(const struct pb_report_format *format, const char *dir)
{
    int pipe_fds[2], status = 0;
    struct rusage usage;
    size_t total = 0;
    if (pipe(pipe_fds) != 0) return 1;
    int64_t begin_ns = pb_now_ns();
    pid_t pid = fork();
    if (pid == 0) _exit(report(format, dir, pipe_fds[1]));
    close(pipe_fds[1]);
    bool ended = pid > 0 && wait4(pid, &status, 0, &usage) == pid;
    double elapsed_s = (double)(pb_now_ns() - begin_ns) / (double)PB_NS_PER_S;
    bool told = ended && status == 0 && read(pipe_fds[0], &total, sizeof total) == sizeof total;
    close(pipe_fds[0]);
    if (!told) return 1;
    printf("| `%s` | %.2f | %.2f | %.0f | %.1f |\n", format->name, elapsed_s,
           seconds(usage.ru_utime) + seconds(usage.ru_stime), (double)usage.ru_maxrss / 1024,
           (double)total / 1e6);
    return fflush(stdout) != 0;
}

static int measure_all(const char *dir, struct made_size size, struct pb_err *err)
{
    if (write_made_journal(dir, size, err) != 0) return -1;
    printf("%zu arms, %zu phases, %d rounds\n\n"
           "| format | elapsed s | CPU s | peak MB | report MB |\n|---|---|---|---|---|\n",
           size.arms, size.phases, size.rounds);
    for (size_t i = 0; pb_report_formats[i]; i++)
        if (measure(pb_report_formats[i], dir) != 0)
            return pb_err_set(err, PB_E_CHILD, "the report %s failed", pb_report_formats[i]->name);
    return 0;
}

int main(int argc, char **argv)
{
    struct made_size size = {200, 7, 20};
    PB_AUTO_FREE char *dir = NULL;
    struct pb_err err = PB_ERR_INIT, removing = PB_ERR_INIT;
    if (argc == 4)
        size = (struct made_size){strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10),
                                  (int)strtol(argv[3], NULL, 10)};
    if (argc != 1 && argc != 4) {
        fprintf(stderr, "usage: bench_report [ARMS PHASES ROUNDS]\n");
        return 2;
    }
    int rc = pb_make_temp_dir("/dev/shm", "pb-bench-report-", &dir, &err);
    if (rc == 0) {
        rc = measure_all(dir, size, &err);
        if (pb_remove_tree(AT_FDCWD, dir, &removing) != 0) fprintf(stderr, "%s\n", removing.msg);
    }
    if (rc != 0) fprintf(stderr, "bench_report: %s\n", err.msg);
    return rc != 0;
}
