/* SPDX-License-Identifier: MIT */
#ifndef PB_COLLECTOR_H
#define PB_COLLECTOR_H

#include "base/arena.h"
#include "base/err.h"
#include "harness/probes/cgroup.h"

#include <linux/types.h>

#include "harness/probes/bpf/shared.h"

/*
 * The BPF programs that follow one process tree at a time (kernel side: bpf/). What the kernel or
 * our privileges do not allow is lost by group and named; nothing here fails as a whole. Works as
 * root or with cap_bpf and cap_perfmon; PB_COLLECT_IP also needs cap_net_admin and a cgroup. In a
 * build without BPF every group is lost. Threads: one at a time.
 */
enum pb_collector_group {
    PB_COLLECT_PROCESS,
    PB_COLLECT_MEMORY,
    PB_COLLECT_BLOCK,
    PB_COLLECT_SOCKET,
    PB_COLLECT_IO_URING,
    PB_COLLECT_IP,
    /* The following cost more and are for samples that are not timed. */
    PB_COLLECT_SCHED,
    PB_COLLECT_SYSCALLS,
    PB_COLLECT_TIMELINE, /* implies the events of PB_COLLECT_SCHED */
    PB_COLLECT_COUNT
};
#define PB_COLLECT_BIT(group) (1u << PB_COLLECT_##group)
#define PB_COLLECT_DEFAULT (PB_COLLECT_BIT(SCHED) - 1)
#define PB_COLLECT_ALL ((1u << PB_COLLECT_COUNT) - 1)

struct pb_collector;

/* Loads and attaches the programs of `groups` (bits). Never NULL. `cgroup` may be NULL and is not
 * kept. Every process of the host pays for attached programs, so close it when done. */
struct pb_collector *pb_collector_open(unsigned groups, const struct pb_cgroup *cgroup);
void pb_collector_close(struct pb_collector *collector);

/* NULL: the group works. Lives as long as the collector. */
const struct pb_loss *pb_collector_loss(const struct pb_collector *collector,
                                        enum pb_collector_group group);

/* Makes `root` (stopped before its exec) the one tree that is followed from now on, counters at 0.
 * Nothing to do when PB_COLLECT_PROCESS is lost. */
int pb_collector_begin(struct pb_collector *collector, pid_t root,
                       struct pb_err *err) PB_MUST_CHECK;

/* Stops following and adds up what was seen. Figures of lost groups are 0, and so is the peak when
 * the tree had more than PB_SPACES_MAX processes at a time. */
int pb_collector_end(struct pb_collector *collector, struct pb_tree_counters *out,
                     uint64_t *rss_peak_bytes, struct pb_err *err) PB_MUST_CHECK;

/*
 * What the deep groups saw, between pb_collector_end and the next begin. The group must not be
 * lost.
 */
struct pb_off_cpu_figure {
    uint32_t key; /* PB_OFF_KEY */
    struct pb_off_cpu sum;
};
struct pb_sched_figures {
    struct pb_off_cpu_figure *off_cpu; /* in the arena */
    size_t off_cpu_count;
    struct pb_run_queue run_queue;
    struct pb_switch_gaps gaps;
};
int pb_collector_read_sched(struct pb_collector *collector, struct pb_arena *arena,
                            struct pb_sched_figures *out, struct pb_err *err) PB_MUST_CHECK;

struct pb_syscall_figures {
    struct pb_syscall_count syscalls[PB_SYSCALLS_MAX]; /* by number */
    uint64_t ring_opcodes[PB_RING_OPCODES_MAX];        /* submitted through io_uring */
};
int pb_collector_read_syscalls(struct pb_collector *collector, struct pb_syscall_figures *out,
                               struct pb_err *err) PB_MUST_CHECK;

/* Before a begin: the events of that sample go to a new file (format: timeline.h), written by a
 * thread of its own until pb_collector_timeline_end, which also tells how many there are and how
 * many were lost, because the thread did not keep up or the kernel did not tell. */
struct pb_timeline_summary {
    uint64_t events, lost;
    struct pb_switch_gaps gaps;
};
int pb_collector_timeline_begin(struct pb_collector *collector, const char *path,
                                struct pb_err *err) PB_MUST_CHECK;
int pb_collector_timeline_end(struct pb_collector *collector, struct pb_timeline_summary *out,
                              struct pb_err *err) PB_MUST_CHECK;

#endif
