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
    __u64 block_read_bytes, block_write_bytes, block_requests;
    __u64 block_ends, block_wait_ns; /* of those requests whose end was seen */
    __u64 block_other_bytes;         /* moved for others or by the kernel's own threads */
    __u64 socket_rx_bytes, socket_tx_bytes, socket_connections;
    __u64 io_uring_requests;
    __u64 ip_rx_bytes, ip_tx_bytes;
};

/*
 * Switches of the tree's tasks of which no program was told. Seen where the kernel runs no programs
 * in the name of some process: then a task that follows it on a CPU arrives there unseen, and
 * whoever it wakes, or an interrupt wakes meanwhile, is woken unseen.
 */
struct pb_switch_gaps {
    __u64 arrivals_rebuilt;  /* from the CPU time that the task had used when it left */
    __u64 wakeups_unseen;    /* the whole wait counts as off-CPU, none of it as run queue */
    __u64 departures_unseen; /* by the kernel's own count: these stretches and waits are missing */
};

/* One instance, mapped into the harness. */
struct pb_collector_control {
    __u32 sample;      /* tasks with another number belong to an earlier one; 0: none is taken */
    __u32 awaits_exec; /* 1: the command has not been executed yet */
    __u32 page_size;
    __u32 keeps_states;     /* 1: of every task, for the deep groups */
    __u32 timeline;         /* 1: events go to the ring buffer */
    __u32 keeps_spaces;     /* 1: of the tree's address spaces */
    __u32 follows_switches; /* 1: the programs of sched.h are there */
    struct pb_switch_gaps gaps;
    __u64 events_lost; /* the ring buffer was full */
    __s64 rss_pages;   /* of all address spaces of the tree, now */
    __s64 rss_peak_pages;
    __s64 spaces;         /* address spaces that are followed now */
    __u64 spaces_lost;    /* more at a time than the programs follow */
    __s64 rss_told_pages; /* of the latest event about it */
    __u64 looked_ns;      /* when all were looked at last */
};

/* Address spaces at a time: looking at all of them must not take long. */
enum { PB_SPACES_MAX = 256 };

/* At least between two looks: a tick at 250 Hz is 4 ms, give or take. */
#define PB_LOOK_NS 3000000

/* Membership is kept by process number, up to the kernel's PID_MAX_LIMIT. */
enum { PB_MEMBERS_IN_PAGE = 4096, PB_MEMBER_PAGES = (4 << 20) / PB_MEMBERS_IN_PAGE };

/* Task storage, of the tree's tasks if the sample is right. */
struct pb_task_state {
    __u32 sample;
    __u32 started; /* the command has been executed: what precedes it is the launcher's */
    /* Scheduling: since when it runs, since when it does not and why, when it was woken. */
    __u64 on_ns, off_ns, woken_ns;
    __u64 ran_ns;                      /* CPU time when it left the CPU last */
    __u64 switches_before, departures; /* by the kernel's count when it began; seen since then */
    __u32 off_key;
    __u32 ended; /* 1: its end has begun, and the stretch up to there was told */
    /* The system call it is in; entered_ns 0: none that was seen to begin. */
    __u32 syscall;
    __u64 entered_ns;
};

/*
 * Why a task does not run: the system call in which it sleeps, the type of the file that is the
 * call's first argument (S_IFMT >> 12 of stat(2), 0: none), and whether it waits for a disk.
 */
#define PB_OFF_KEY(syscall, file_type, iowait) ((syscall) | (file_type) << 16 | (iowait) << 20)
#define PB_OFF_SYSCALL(key) ((key)&0xffff)
#define PB_OFF_FILE_TYPE(key) ((key) >> 16 & 0xf)
#define PB_OFF_IOWAIT(key) ((key) >> 20 & 1)
enum {
    PB_OFF_RUNNABLE = 0xfffe,   /* it could run: preempted, or has given the CPU away */
    PB_OFF_NO_SYSCALL = 0xffff, /* a page fault or another exception */
    PB_OFF_WORKER = 0xfffd      /* a kernel worker of io_uring */
};

struct pb_off_cpu {
    __u64 ns, count;
};

/* From being able to run to running. Bucket i counts waits of 2^i to 2^(i+1) - 1 microseconds, the
 * first also shorter, the last also longer ones. */
enum { PB_RUN_QUEUE_BUCKETS = 24 };
struct pb_run_queue {
    __u64 ns, count;
    __u64 buckets[PB_RUN_QUEUE_BUCKETS];
};

enum { PB_SYSCALLS_MAX = 512, PB_RING_OPCODES_MAX = 128 };
struct pb_syscall_count {
    __u64 count, errors, ns;
};

/* An event of the timeline, in the ring buffer and (little endian) in its file. */
struct pb_timeline_event {
    __u64 time_ns;     /* CLOCK_MONOTONIC; of the begin where there is a duration */
    __u64 duration_ns; /* or the first half of a name */
    __u64 value;       /* by kind, or the second half of a name */
    __u32 pid, tid;
    __u16 kind, cpu;
    __u32 key; /* by kind */
};
enum pb_timeline_kind {
    PB_TIMELINE_FORK = 1, /* tid is new; value: the tid that made it */
    PB_TIMELINE_NAME,     /* duration_ns and value hold 16 bytes of text; key 1: by exec */
    PB_TIMELINE_EXIT,     /* value: the exit status as of wait(2) */
    PB_TIMELINE_RUN,      /* a stretch on a CPU */
    PB_TIMELINE_SLEEP,    /* a stretch off it until it was woken; key: PB_OFF_KEY; value: ns that it
                             then waited for a CPU. RUNNABLE: duration is 0, all is in value */
    PB_TIMELINE_BLOCK,    /* a request to a block device; value: bytes; key: 0 read, 1 write */
    PB_TIMELINE_RSS,      /* value: bytes resident in the tree; told after changes of 1 MiB */
    PB_TIMELINE_CONNECT   /* a TCP connection attempted; key: the peer's port; value: its IPv4
                             address in network order, 0 where it is of IPv6 */
};

#endif
