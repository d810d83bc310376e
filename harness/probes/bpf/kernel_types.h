/* SPDX-License-Identifier: MIT */
#ifndef PB_BPF_KERNEL_TYPES_H
#define PB_BPF_KERNEL_TYPES_H

/*
 * The few fields of kernel structures that the programs read. libbpf relocates each access to the
 * running kernel's layout (CO-RE), so neither order nor offsets matter here, only names and types.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_io_accounting {
    __u64 read_bytes, write_bytes;
};

struct sched_entity {
    __u64 sum_exec_runtime;
};

struct sched_info {
    unsigned long long run_delay;
};

struct signal_struct {
    unsigned long maxrss; /* pages */
};

struct percpu_counter {
    __s64 count;
};

struct mm_struct {
    struct percpu_counter rss_stat[4]; /* file, anonymous, swap, shared memory */
};

struct task_struct {
    int pid, tgid;
    unsigned int flags;
    unsigned long nvcsw, nivcsw, min_flt, maj_flt;
    __u64 utime, stime;
    struct sched_entity se;
    struct sched_info sched_info;
    struct task_io_accounting ioac;
    struct signal_struct *signal;
    struct mm_struct *mm;
};

struct linux_binprm;

struct request {
    unsigned int cmd_flags, __data_len;
};

struct sock_common {
    unsigned short skc_family;
};

struct sock {
    struct sock_common __sk_common;
    unsigned short sk_protocol;
};

struct io_kiocb {
    unsigned char opcode;
};

#pragma clang attribute pop

#endif
