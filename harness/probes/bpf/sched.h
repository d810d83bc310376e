/* SPDX-License-Identifier: MIT */
/*
 * Why tasks of the tree do not run. Off-CPU time ends when the task is woken; from there to the CPU
 * it is run-queue time. The system call is read from the registers with which the task entered the
 * kernel, so system calls need not be traced for it.
 */
#define PF_IO_WORKER 0x00000010
#define PF_USER_WORKER 0x00004000
#define TASK_DEAD 0x00000080
#define OFF_KEYS_MAX 4096
#define FDS_MAX 65536

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
    __uint(max_entries, OFF_KEYS_MAX);
    __type(key, __u32);
    __type(value, struct pb_off_cpu);
} off_cpu SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct pb_run_queue);
} run_queue SEC(".maps");

static __always_inline __u32 file_type(struct task_struct *task, __u64 fd)
{
    struct fdtable *table = BPF_CORE_READ(task, files, fdt);
    struct file *file = 0;
    if (!table || fd >= FDS_MAX || fd >= BPF_CORE_READ(table, max_fds)) return 0;
    struct file **files = BPF_CORE_READ(table, fd);
    if (bpf_probe_read_kernel(&file, sizeof file, files + fd) != 0 || !file) return 0;
    return BPF_CORE_READ(file, f_inode, i_mode) >> 12 & 0xf;
}

static __always_inline __u32 sleep_key(struct task_struct *task)
{
    __u32 iowait = BPF_CORE_READ_BITFIELD_PROBED(task, in_iowait);
    if (task->flags & (PF_IO_WORKER | PF_USER_WORKER)) return PB_OFF_KEY(PB_OFF_WORKER, 0, iowait);
    struct pt_regs___entry *regs = (void *)bpf_task_pt_regs(task);
    if (!regs) return PB_OFF_KEY(PB_OFF_NO_SYSCALL, 0, iowait);
    long syscall = ENTRY_SYSCALL(regs);
    if (syscall < 0 || syscall >= PB_SYSCALLS_MAX) return PB_OFF_KEY(PB_OFF_NO_SYSCALL, 0, iowait);
    return PB_OFF_KEY((__u32)syscall, file_type(task, ENTRY_ARGUMENT(regs)), iowait);
}

static __always_inline void add_off_cpu(__u32 key, __u64 ns)
{
    struct pb_off_cpu *sum = bpf_map_lookup_elem(&off_cpu, &key);
    if (sum) {
        sum->ns += ns;
        sum->count++;
        return;
    }
    struct pb_off_cpu first = {ns, 1};
    bpf_map_update_elem(&off_cpu, &key, &first, BPF_ANY);
}

static __always_inline __u32 bucket_of(__u64 ns)
{
    __u64 us = ns / 1000;
    __u32 bucket = 0;
    for (int i = 0; i < PB_RUN_QUEUE_BUCKETS - 1; i++) {
        us >>= 1;
        if (us) bucket++;
    }
    return bucket;
}

static __always_inline void add_run_queue(__u64 ns)
{
    __u32 zero = 0, bucket = bucket_of(ns);
    struct pb_run_queue *q = bpf_map_lookup_elem(&run_queue, &zero);
    if (!q || bucket >= PB_RUN_QUEUE_BUCKETS) return;
    q->ns += ns;
    q->count++;
    q->buckets[bucket]++;
}

static __always_inline __u64 unseen_wakeup(__u64 now)
{
    __sync_fetch_and_add(&control.gaps.wakeups_unseen, 1);
    return now;
}

/* A new task has never been off the CPU, but woken. */
static __always_inline void switch_in(struct task_struct *task, struct pb_task_state *state,
                                      __u64 now)
{
    __u64 from = state->off_ns ? state->off_ns : state->woken_ns, woken = state->woken_ns;
    bool runnable = !state->off_ns || state->off_key == PB_OFF_RUNNABLE;
    state->on_ns = now;
    if (!from || !state->started) return;
    if (runnable)
        woken = from;
    else if (woken < from)
        woken = unseen_wakeup(now);
    if (!runnable) add_off_cpu(state->off_key, woken - from);
    add_run_queue(now - woken);
    struct pb_timeline_event event = {.time_ns = from,
                                      .duration_ns = woken - from,
                                      .value = now - woken,
                                      .pid = task->tgid,
                                      .tid = task->pid,
                                      .kind = PB_TIMELINE_SLEEP,
                                      .key = runnable ? PB_OFF_RUNNABLE : state->off_key};
    tell(&event);
}

/* A task that leaves a CPU without having been seen to arrive there: its CPU time tells when it
 * did. While a task runs this is as old as the last tick, when it leaves exact. */
static __always_inline void rebuild_arrival(struct task_struct *task, struct pb_task_state *state,
                                            __u64 now)
{
    if (state->on_ns || !state->started || state->ended) return;
    __u64 earliest = state->woken_ns > state->off_ns ? state->woken_ns : state->off_ns;
    __u64 arrived = now - (task->se.sum_exec_runtime - state->ran_ns);
    if (!earliest) return;
    switch_in(task, state, arrived > earliest ? arrived : earliest);
    __sync_fetch_and_add(&control.gaps.arrivals_rebuilt, 1);
}

static __always_inline void switch_out(struct task_struct *task, struct pb_task_state *state,
                                       bool preempted, __u64 now)
{
    __u32 kernel_state = task->__state;
    rebuild_arrival(task, state, now);
    state->ran_ns = task->se.sum_exec_runtime;
    if (state->started) state->departures++;
    state->off_ns = now;
    state->woken_ns = 0;
    state->off_key = preempted || kernel_state == 0 ? PB_OFF_RUNNABLE
                     : kernel_state & TASK_DEAD     ? 0
                                                    : sleep_key(task);
    tell_run(task, state, now);
}

/* At its end, still on a CPU. Its parent may know of its end, and the sample be over, before it
 * leaves it. */
static __always_inline void account_switches(struct task_struct *task, __u64 now)
{
    struct pb_task_state *state = control.follows_switches ? task_state(task) : 0;
    __u64 departures = task->nvcsw + task->nivcsw;
    if (!control.follows_switches) return;
    if (state) {
        rebuild_arrival(task, state, now);
        tell_run(task, state, now);
        state->ended = 1;
        departures -= state->switches_before + state->departures;
    }
    if (departures) __sync_fetch_and_add(&control.gaps.departures_unseen, departures);
}

PB_TRACEPOINT(sched_switch)
int BPF_PROG(on_sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
    if (!control.sample) return 0;
    struct pb_task_state *out = task_state(prev), *in = task_state(next);
    if (!out && !in) return 0;
    __u64 now = bpf_ktime_get_ns();
    if (out) switch_out(prev, out, preempt, now);
    if (in) switch_in(next, in, now);
    return 0;
}

PB_TRACEPOINT(sched_wakeup)
int BPF_PROG(on_sched_wakeup, struct task_struct *task)
{
    struct pb_task_state *state = task_state(task);
    if (state && !state->woken_ns) state->woken_ns = bpf_ktime_get_ns();
    return 0;
}

PB_TRACEPOINT(sched_wakeup_new)
int BPF_PROG(on_sched_wakeup_new, struct task_struct *task)
{
    struct pb_task_state *state = task_state(task);
    if (state) state->woken_ns = bpf_ktime_get_ns();
    return 0;
}
