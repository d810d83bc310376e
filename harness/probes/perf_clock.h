/* SPDX-License-Identifier: MIT */
#ifndef PB_PERF_CLOCK_H
#define PB_PERF_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A perf software counter of the CPU time of `pid` and all it will start, from its next exec on.
 * -1 with errno: not permitted, or no perf events in this kernel. */
int pb_perf_clock_open(pid_t pid);
bool pb_perf_clock_read(int fd, int64_t *ns); /* complete once the tree is over */

#endif
