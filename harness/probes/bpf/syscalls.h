/* SPDX-License-Identifier: MIT */
/*
 * Count, errors and time of each system call. A call counts when it returns; exit and exit_group
 * never do. The return from a successful execve is the first thing that belongs to the command.
 */
#include <asm/unistd.h>

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, PB_SYSCALLS_MAX);
    __type(key, __u32);
    __type(value, struct pb_syscall_count);
} syscalls SEC(".maps");

PB_TRACEPOINT(sys_enter)
int BPF_PROG(on_sys_enter, void *regs, long nr)
{
    struct pb_task_state *state = task_state(bpf_get_current_task_btf());
    if (!state || nr < 0 || nr >= PB_SYSCALLS_MAX) return 0;
    __u32 key = (__u32)nr;
    state->syscall = key;
    state->entered_ns = bpf_ktime_get_ns();
    if (!state->started || (nr != __NR_exit && nr != __NR_exit_group)) return 0;
    struct pb_syscall_count *c = bpf_map_lookup_elem(&syscalls, &key);
    if (c) c->count++;
    return 0;
}

PB_TRACEPOINT(sys_exit)
int BPF_PROG(on_sys_exit, void *regs, long result)
{
    struct pb_task_state *state = task_state(bpf_get_current_task_btf());
    if (!state || !state->entered_ns) return 0;
    __u64 entered_ns = state->entered_ns;
    state->entered_ns = 0;
    if (!state->started) return 0;
    __u32 key = state->syscall;
    struct pb_syscall_count *c = bpf_map_lookup_elem(&syscalls, &key);
    if (!c) return 0;
    c->count++;
    c->ns += bpf_ktime_get_ns() - entered_ns;
    if (result < 0 && result >= -4095) c->errors++;
    return 0;
}
