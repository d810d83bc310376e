/* SPDX-License-Identifier: MIT */
#include "harness/probes/collector_programs.h"

#include <bpf/btf.h>
#include <stdio.h>

#define ANY 12

/* A program is called on_<tracepoint>. */
#define TRACEPOINT(name, group, args_min, args_max, need)                                          \
    {                                                                                              \
        "on_" #name, #name, PB_PROGRAM_AT_TRACEPOINT, PB_COLLECT_##group, args_min, args_max,      \
            PB_PROGRAM_##need                                                                      \
    }
#define OF_CGROUP(name, group)                                                                     \
    {                                                                                              \
        "on_" #name, NULL, PB_PROGRAM_AT_CGROUP, PB_COLLECT_##group, 0, 0, PB_PROGRAM_REQUIRED     \
    }

const struct pb_collector_program pb_collector_programs[] = {
    TRACEPOINT(task_newtask, PROCESS, 2, ANY, REQUIRED),
    TRACEPOINT(sched_process_exec, PROCESS, 1, ANY, REQUIRED),
    TRACEPOINT(sched_process_exit, PROCESS, 1, ANY, REQUIRED),
    /* rss_stat tells of the counters: before 6.2 they were others, and it had 3 arguments. */
    {"on_memory_tick", "rss_stat", PB_PROGRAM_AT_TICK, PB_COLLECT_MEMORY, 2, 2,
     PB_PROGRAM_REQUIRED},
    {"on_memory_clock", "rss_stat", PB_PROGRAM_AT_CLOCK, PB_COLLECT_MEMORY, 2, 2,
     PB_PROGRAM_REQUIRED},
    TRACEPOINT(exit_mmap, MEMORY, 1, 1, REQUIRED),
    TRACEPOINT(block_io_start, BLOCK, 1, 1, OPTIONAL), /* since 6.5 */
    TRACEPOINT(block_rq_issue, BLOCK, 1, 1, REQUIRED), /* (queue, rq) before 5.11 */
    TRACEPOINT(block_rq_complete, BLOCK, 3, 3, REQUIRED),
    TRACEPOINT(sock_send_length, SOCKET, 3, 3, REQUIRED), /* since 6.3 */
    TRACEPOINT(sock_recv_length, SOCKET, 3, 3, REQUIRED),
    TRACEPOINT(inet_sock_set_state, SOCKET, 3, 3, REQUIRED),
    TRACEPOINT(io_uring_submit_req, IO_URING, 1, 1, REQUIRED), /* io_uring_submit_sqe before 6.3 */
    OF_CGROUP(ip_ingress, IP),
    OF_CGROUP(ip_egress, IP),
    TRACEPOINT(sched_switch, SCHED, 3, ANY, REQUIRED),
    TRACEPOINT(sched_wakeup, SCHED, 1, 1, REQUIRED),
    TRACEPOINT(sched_wakeup_new, SCHED, 1, 1, REQUIRED),
    TRACEPOINT(sys_enter, SYSCALLS, 2, 2, REQUIRED),
    TRACEPOINT(sys_exit, SYSCALLS, 2, 2, REQUIRED),
};
const size_t pb_collector_program_count =
    sizeof pb_collector_programs / sizeof *pb_collector_programs;
_Static_assert(sizeof pb_collector_programs / sizeof *pb_collector_programs <=
                   PB_COLLECTOR_PROGRAMS_MAX,
               "room for all programs");

bool pb_collector_program_is_for(const struct pb_collector_program *program, bool high_resolution)
{
    if (program->place == PB_PROGRAM_AT_TICK) return high_resolution;
    return program->place != PB_PROGRAM_AT_CLOCK || !high_resolution;
}

/* A tracepoint X has the type btf_trace_X: pointer to a function of (context, arguments...). */
static int count_arguments(const struct btf *kernel, const char *tracepoint)
{
    char name[96];
    snprintf(name, sizeof name, "btf_trace_%s", tracepoint);
    int id = btf__find_by_name_kind(kernel, name, BTF_KIND_TYPEDEF);
    const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(kernel, (__u32)id);
    if (type) type = btf__type_by_id(kernel, type->type); /* pointer */
    if (type) type = btf__type_by_id(kernel, type->type); /* function */
    if (!type || !btf_is_func_proto(type)) return -1;
    return (int)btf_vlen(type) - 1;
}

bool pb_collector_program_fits(const struct pb_collector_program *program, const struct btf *kernel,
                               struct pb_loss *loss)
{
    if (!program->tracepoint) return true;
    int n = count_arguments(kernel, program->tracepoint);
    if (n >= (int)program->args_min && n <= (int)program->args_max) return true;
    if (n < 0)
        snprintf(loss->cause, sizeof loss->cause, "this kernel has no tracepoint %s",
                 program->tracepoint);
    else
        snprintf(loss->cause, sizeof loss->cause,
                 "this kernel's tracepoint %s has %d arguments instead of %u", program->tracepoint,
                 n, program->args_min);
    snprintf(loss->cure, sizeof loss->cure, "use a newer kernel (6.3 and later have all)");
    return false;
}
