/* SPDX-License-Identifier: MIT */
#ifndef PB_TREE_TOTALS_H
#define PB_TREE_TOTALS_H

#include <linux/types.h>

#include "harness/probes/bpf/shared.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

/* What the collector's counters of a process tree stand for, where they alone do not say it. */

/* Takes the larger of each counter and wait4's figure (nearer the truth, as each can only miss
 * something): wait4 the children that nobody waits for, the exit tracepoint what a task does while
 * it dies (from Linux 6.17 on its memory is freed after it). */
void pb_tree_complete_by_wait4(struct pb_tree_counters *c, const struct rusage *usage);

/* Divides cpu_ns as the kernel does for wait4: the sum is exact, its parts go by the samples of the
 * tick. Without samples all is the user's. */
void pb_tree_cpu_parts(const struct pb_tree_counters *c, int64_t *user_ns, int64_t *sys_ns);

/* The time that all block requests took together, 0 without any. Not every end is seen
 * (bpf/block.h): those that were stand for all. False: none was. */
bool pb_tree_block_wait(const struct pb_tree_counters *c, int64_t *wait_ns);

#endif
