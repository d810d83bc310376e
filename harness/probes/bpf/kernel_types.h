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
    unsigned long hiwater_rss;         /* pages */
    struct percpu_counter rss_stat[4]; /* file, anonymous, swap, shared memory */
};

struct inode {
    unsigned short i_mode;
};

struct file {
    struct inode *f_inode;
};

struct fdtable {
    unsigned int max_fds;
    struct file **fd;
};

struct files_struct {
    struct fdtable *fdt;
};

struct task_struct {
    int pid, tgid, exit_code;
    unsigned int flags, __state;
    unsigned in_iowait : 1;
    char comm[16];
    struct files_struct *files;
    unsigned long nvcsw, nivcsw, min_flt, maj_flt;
    __u64 utime, stime;
    struct sched_entity se;
    struct sched_info sched_info;
    struct task_io_accounting ioac;
    struct signal_struct *signal;
    struct mm_struct *mm;
};

struct linux_binprm;
struct bpf_map;

struct request {
    unsigned int cmd_flags, __data_len;
};

struct sock_common {
    unsigned short skc_family;
    __u16 skc_dport; /* network order */
    __u32 skc_daddr;
};

struct sock {
    struct sock_common __sk_common;
    unsigned short sk_protocol;
};

struct io_kiocb {
    unsigned char opcode;
};

/* The registers with which a task entered the kernel: the system call and its first argument. */
#if defined(__TARGET_ARCH_x86)
struct pt_regs___entry {
    unsigned long di, orig_ax;
};
#define ENTRY_SYSCALL(regs) ((long)(regs)->orig_ax)
#define ENTRY_ARGUMENT(regs) ((regs)->di)
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs___entry {
    __u64 orig_x0;
    int syscallno;
};
#define ENTRY_SYSCALL(regs) ((long)(regs)->syscallno)
#define ENTRY_ARGUMENT(regs) ((regs)->orig_x0)
#endif

#pragma clang attribute pop

#endif
