/* SPDX-License-Identifier: MIT */
#ifndef PB_BPF_TREE_H
#define PB_BPF_TREE_H

/* Which tasks belong to the measured tree, and where its counters are. */
#include "kernel_types.h"
#include "shared.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct pb_collector_control control;

/* For each process and thread number the sample to whose tree it belonged last. Unlike storage of a
 * task's own this costs nothing to make and to free, which a tree of forks would feel. */
struct members {
    __u32 sample[PB_MEMBERS_IN_PAGE];
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, PB_MEMBER_PAGES);
    __type(key, __u32);
    __type(value, struct members);
} members SEC(".maps");

/* The command, put here by the harness; with deep groups all tasks of the tree. */
struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct pb_task_state);
} tasks SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct pb_tree_counters);
} counters SEC(".maps");

/* What is kept of a task for the deep groups. NULL outside of the tree, and without those groups
 * for all but the command. */
static __always_inline struct pb_task_state *task_state(struct task_struct *task)
{
    struct pb_task_state *state = bpf_task_storage_get(&tasks, task, 0, 0);
    return state && state->sample == control.sample ? state : 0;
}

static __always_inline __u32 *membership(const struct task_struct *task)
{
    __u32 number = task->pid, page = number / PB_MEMBERS_IN_PAGE;
    struct members *of_page = bpf_map_lookup_elem(&members, &page);
    return of_page ? &of_page->sample[number % PB_MEMBERS_IN_PAGE] : 0;
}

/* The harness may know the command by a number of another namespace only, so its membership is
 * noted when it is executed. */
static __always_inline bool is_in_tree(struct task_struct *task)
{
    if (!control.sample) return false;
    const __u32 *sample = membership(task);
    if (sample && *sample == control.sample) return true;
    return control.awaits_exec && task_state(task);
}

static __always_inline bool current_is_in_tree(void)
{
    return is_in_tree(bpf_get_current_task_btf());
}

static __always_inline struct pb_tree_counters *tree_counters(void)
{
    __u32 zero = 0;
    return bpf_map_lookup_elem(&counters, &zero);
}

/* A program for the tracepoint of that name. */
#define PB_TRACEPOINT(tracepoint) SEC("tp_btf/" #tracepoint)

#endif
