/* SPDX-License-Identifier: MIT */
#ifndef PB_CGROUP_H
#define PB_CGROUP_H

#include "base/err.h"
#include "base/str.h"
#include "harness/probes/loss.h"

#include <stdint.h>
#include <sys/types.h>

/*
 * A cgroup v2 below our own, in which measured trees run one after another. It needs no controller:
 * CPU time, pressure and killing belong to every v2 group. Works where we may create it: as root,
 * or in a delegated subtree.
 */
struct pb_cgroup {
    int dir_fd; /* -1: lost */
    char path[4096];
    struct pb_loss loss;
};

/* Cumulated since the group was made. */
struct pb_cgroup_figures {
    int64_t user_ns, sys_ns, cpu_ns;
    bool has_pressure;                                  /* the kernel may keep none */
    int64_t stall_cpu_ns, stall_io_ns, stall_memory_ns; /* some task of the tree waited */
};

void pb_cgroup_open(struct pb_cgroup *cgroup);
void pb_cgroup_close(struct pb_cgroup *cgroup); /* kills what is left in it */

int pb_cgroup_add(const struct pb_cgroup *cgroup, pid_t pid, struct pb_err *err) PB_MUST_CHECK;
int pb_cgroup_read(const struct pb_cgroup *cgroup, struct pb_cgroup_figures *out,
                   struct pb_err *err) PB_MUST_CHECK;
/* Kills all that is in it; false when something is still there after a second. */
bool pb_cgroup_empty(const struct pb_cgroup *cgroup);

/* The value of a line "key value" of cpu.stat and the like; -1: none. Format: cgroup-v2(7). */
int64_t pb_cgroup_value(struct pb_str text, const char *key);
/* Microseconds after "some ... total=" of a pressure file; -1: not that format. */
int64_t pb_pressure_total_us(struct pb_str text);
/* Mount point of cgroup v2 in the text of mountinfo(5); empty: none. */
struct pb_str pb_cgroup_mount_point(struct pb_str mountinfo);

#endif
