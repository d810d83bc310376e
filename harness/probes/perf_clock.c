/* SPDX-License-Identifier: MIT */
#include "harness/probes/perf_clock.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_counter(pid_t pid, bool exclude_kernel)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
                                   .size = sizeof attr,
                                   .config = PERF_COUNT_SW_TASK_CLOCK,
                                   .disabled = 1,
                                   .inherit = 1,
                                   .enable_on_exec = 1,
                                   .exclude_kernel = exclude_kernel,
                                   .exclude_hv = exclude_kernel};
    return (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* The task clock runs in the kernel, too, even where counting the kernel is forbidden. */
int pb_perf_clock_open(pid_t pid)
{
    int fd = open_counter(pid, false);
    return fd >= 0 || (errno != EACCES && errno != EPERM) ? fd : open_counter(pid, true);
}

bool pb_perf_clock_read(int fd, int64_t *ns)
{
    uint64_t value;
    if (read(fd, &value, sizeof value) != (ssize_t)sizeof value || value > INT64_MAX) return false;
    *ns = (int64_t)value;
    return true;
}
