/* SPDX-License-Identifier: MIT */
/*
 * Begin, exec and end of the tree's tasks. Membership is inherited when a task is made, so nothing
 * escapes by daemonising or by being reaped by nobody. task_newtask is used, not
 * sched_process_fork: it also sees io_uring's kernel workers.
 */
#define CLONE_VM 0x00000100
#define CLONE_THREAD 0x00010000

static __always_inline void tell_fork(const struct task_struct *task)
{
    if (!control.timeline) return;
    struct pb_timeline_event event = {.time_ns = bpf_ktime_get_ns(),
                                      .value = (__u32)bpf_get_current_pid_tgid(),
                                      .pid = task->tgid,
                                      .tid = task->pid,
                                      .kind = PB_TIMELINE_FORK};
    tell(&event);
    tell_name(task, 0);
}

/* A number that is used again takes its membership from the new task's parent. */
PB_TRACEPOINT(task_newtask)
int BPF_PROG(on_task_newtask, struct task_struct *task, __u64 clone_flags)
{
    __u32 *sample = membership(task);
    if (!sample) return 0;
    if (!current_is_in_tree()) {
        if (*sample) *sample = 0;
        return 0;
    }
    *sample = control.sample;
    struct pb_tree_counters *c = tree_counters();
    if (!c) return 0;
    c->threads++;
    if (!(clone_flags & CLONE_THREAD)) c->processes++;
    if (!(clone_flags & CLONE_VM)) add_space(task);
    if (!control.keeps_states) return 0;
    struct pb_task_state *state =
        bpf_task_storage_get(&tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (state) *state = (struct pb_task_state){.sample = control.sample, .started = 1};
    tell_fork(task);
    return 0;
}

PB_TRACEPOINT(sched_process_exec)
int BPF_PROG(on_sched_process_exec, struct task_struct *task)
{
    struct pb_tree_counters *c = tree_counters();
    if (!is_in_tree(task) || !c) return 0;
    c->execs++;
    if (control.awaits_exec) {
        struct pb_task_state *state = task_state(task);
        __u32 *sample = membership(task);
        /* What came before was not the command, nor is it known when the gate let it pass. */
        if (state) {
            state->started = 1;
            state->on_ns = bpf_ktime_get_ns();
            state->switches_before = task->nvcsw + task->nivcsw;
        }
        if (sample) *sample = control.sample;
        control.awaits_exec = 0;
    }
    add_space(task);
    tell_name(task, 1);
    return 0;
}

/* Once per thread. The kernel has put the peak of the whole process into signal->maxrss by then. */
PB_TRACEPOINT(sched_process_exit)
int BPF_PROG(on_sched_process_exit, struct task_struct *task)
{
    struct pb_tree_counters *c = tree_counters();
    if (!is_in_tree(task) || !c) return 0;
    look_before_end(task);
    __u64 rss_bytes = task->signal->maxrss * (__u64)control.page_size;
    c->exits++;
    c->cpu_ns += task->se.sum_exec_runtime;
    c->user_ns += task->utime;
    c->sys_ns += task->stime;
    c->run_queue_ns += task->sched_info.run_delay;
    /* The switch into death of a process counts for wait4, that of a further thread does not. */
    c->ctx_voluntary += task->nvcsw + (task->pid == task->tgid);
    c->ctx_involuntary += task->nivcsw;
    c->faults_minor += task->min_flt;
    c->faults_major += task->maj_flt;
    c->disk_read_bytes += task->ioac.read_bytes;
    c->disk_write_bytes += task->ioac.write_bytes;
    if (rss_bytes > c->rss_max_bytes) c->rss_max_bytes = rss_bytes;
    if (!control.keeps_states) return 0;
    __u64 now = bpf_ktime_get_ns();
    account_switches(task, now);
    struct pb_timeline_event event = {.time_ns = now,
                                      .value = task->exit_code,
                                      .pid = task->tgid,
                                      .tid = task->pid,
                                      .kind = PB_TIMELINE_EXIT};
    tell(&event);
    return 0;
}
