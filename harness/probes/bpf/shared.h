/* SPDX-License-Identifier: MIT */
#ifndef PB_BPF_SHARED_H
#define PB_BPF_SHARED_H

/*
 * What the BPF programs and the harness share: the layout of the maps. Both sides include it after
 * they have defined __u32, __u64 and __s64 (<linux/types.h>).
 */

/* Of the tree, per CPU; the harness adds them up. */
struct pb_tree_counters {
    __u64 processes, threads; /* begun, the command itself included; a process is a thread, too */
    __u64 execs;              /* including that of the command */
    __u64 exits;              /* of threads; the sums of the next two lines are made there */
    __u64 cpu_ns, user_ns, sys_ns; /* cpu_ns is exact, the others may be samples of the tick */
    __u64 run_queue_ns, ctx_voluntary, ctx_involuntary, faults_minor, faults_major;
    __u64 disk_read_bytes, disk_write_bytes;
    __u64 rss_max_bytes; /* a maximum, not a sum */
    __u64 block_read_bytes, block_write_bytes, block_requests, block_wait_ns;
    __u64 block_other_bytes; /* moved for others or by the kernel's own threads */
    __u64 socket_rx_bytes, socket_tx_bytes, socket_connections;
    __u64 io_uring_requests;
    __u64 ip_rx_bytes, ip_tx_bytes;
};

/* One instance, mapped into the harness. */
struct pb_collector_control {
    __u32 sample; /* tasks marked with another number belong to an earlier sample; 0: none */
    __u32 page_size;
    __s64 rss_pages; /* of all address spaces of the tree, now */
    __s64 rss_peak_pages;
};

/* Task storage: being there (with the right sample) makes a task part of the tree. */
struct pb_task_state {
    __u32 sample;
    __u32 started; /* the command has been executed: what precedes it is the launcher's */
};

#endif
