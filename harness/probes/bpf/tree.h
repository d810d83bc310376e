/* SPDX-License-Identifier: MIT */
#ifndef PB_BPF_TREE_H
#define PB_BPF_TREE_H

/* Which tasks belong to the measured tree, and where their counters are. */
#include "kernel_types.h"
#include "shared.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct pb_collector_control control;

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct pb_task_state);
} tree SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct pb_tree_counters);
} counters SEC(".maps");

/* NULL for a task outside of the tree. */
static __always_inline struct pb_task_state *tree_task(struct task_struct *task)
{
    struct pb_task_state *state = bpf_task_storage_get(&tree, task, 0, 0);
    return state && state->sample == control.sample ? state : 0;
}

static __always_inline struct pb_task_state *tree_current(void)
{
    return tree_task(bpf_get_current_task_btf());
}

static __always_inline struct pb_tree_counters *tree_counters(void)
{
    __u32 zero = 0;
    return bpf_map_lookup_elem(&counters, &zero);
}

/* A program for the tracepoint of that name. */
#define PB_TRACEPOINT(tracepoint) SEC("tp_btf/" #tracepoint)

#endif
