/* SPDX-License-Identifier: MIT */
/*
 * Begin, exec and end of the tree's tasks. Membership is inherited when a task is made, so nothing
 * escapes by daemonising or by being reaped by nobody. task_newtask is used, not
 * sched_process_fork: it also sees io_uring's kernel workers.
 */
#define CLONE_THREAD 0x00010000

PB_TRACEPOINT(task_newtask)
int BPF_PROG(on_task_newtask, struct task_struct *task, __u64 clone_flags)
{
    struct pb_task_state *parent = tree_current();
    struct pb_tree_counters *c = tree_counters();
    if (!parent || !c) return 0;
    struct pb_task_state *state =
        bpf_task_storage_get(&tree, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (!state) return 0;
    state->started = parent->started;
    state->sample = control.sample;
    c->threads++;
    if (!(clone_flags & CLONE_THREAD)) c->processes++;
    if (!control.timeline) return 0;
    struct pb_timeline_event event = {.time_ns = bpf_ktime_get_ns(),
                                      .value = (__u32)bpf_get_current_pid_tgid(),
                                      .pid = task->tgid,
                                      .tid = task->pid,
                                      .kind = PB_TIMELINE_FORK};
    tell(&event);
    tell_name(task, 0);
    return 0;
}

PB_TRACEPOINT(sched_process_exec)
int BPF_PROG(on_sched_process_exec, struct task_struct *task)
{
    struct pb_task_state *state = tree_task(task);
    struct pb_tree_counters *c = tree_counters();
    if (!state || !c) return 0;
    state->started = 1;
    state->rss_space = 0; /* the new one may lie where the old one was */
    c->execs++;
    tell_name(task, 1);
    return 0;
}

/* Once per thread. The kernel has put the peak of the whole process into signal->maxrss by then. */
PB_TRACEPOINT(sched_process_exit)
int BPF_PROG(on_sched_process_exit, struct task_struct *task)
{
    struct pb_tree_counters *c = tree_counters();
    if (!tree_task(task) || !c) return 0;
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
    if (!control.timeline) return 0;
    struct pb_timeline_event event = {.time_ns = bpf_ktime_get_ns(),
                                      .value = task->exit_code,
                                      .pid = task->tgid,
                                      .tid = task->pid,
                                      .kind = PB_TIMELINE_EXIT};
    tell(&event);
    return 0;
}
