/* SPDX-License-Identifier: MIT */
/* The tree in a cgroup of its own: exact CPU time of everything in it, and what it waited for. */
#include "harness/probes/instruments.h"
#include "harness/probes/probe.h"

static const enum pb_metric metrics[] = {PB_M_USER,      PB_M_SYS,      PB_M_CPU,
                                         PB_M_STALL_CPU, PB_M_STALL_IO, PB_M_STALL_MEMORY};

struct state {
    bool begun;
    struct pb_cgroup_figures before;
};

static int gate(void *state, struct pb_facts *facts, pid_t pid, struct pb_err *err)
{
    struct state *s = state;
    const struct pb_cgroup *cgroup = facts->instruments ? &facts->instruments->cgroup : NULL;
    if (!cgroup || cgroup->dir_fd < 0) return 0;
    if (!pb_cgroup_empty(cgroup))
        return pb_err_set(err, PB_E_SYSTEM,
                          "begin a sample: %s: processes of an earlier one cannot be killed",
                          cgroup->path);
    if (pb_cgroup_read(cgroup, &s->before, err) != 0 || pb_cgroup_add(cgroup, pid, err) != 0)
        return -1;
    s->begun = true;
    return 0;
}

static void lose_all(const struct pb_facts *facts, struct pb_metric_values *out)
{
    const char *why =
        facts->instruments ? facts->instruments->cgroup.loss.cause : "no instruments were opened";
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        pb_metric_missing(out, metrics[i], why);
}

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    const struct state *s = state;
    struct pb_cgroup_figures now;
    if (!s->begun) {
        lose_all(facts, out);
        return 0;
    }
    if (pb_cgroup_read(&facts->instruments->cgroup, &now, err) != 0) return -1;
    pb_metric_set(out, PB_M_USER, now.user_ns - s->before.user_ns);
    pb_metric_set(out, PB_M_SYS, now.sys_ns - s->before.sys_ns);
    pb_metric_set(out, PB_M_CPU, now.cpu_ns - s->before.cpu_ns);
    if (!now.has_pressure) return 0;
    pb_metric_set(out, PB_M_STALL_CPU, now.stall_cpu_ns - s->before.stall_cpu_ns);
    pb_metric_set(out, PB_M_STALL_IO, now.stall_io_ns - s->before.stall_io_ns);
    pb_metric_set(out, PB_M_STALL_MEMORY, now.stall_memory_ns - s->before.stall_memory_ns);
    return 0;
}

const struct pb_probe pb_probe_cgroup = {
    .name = "cgroup",
    .help = "CPU time and pressure of the tree's own cgroup",
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof *metrics,
    .state_size = sizeof(struct state),
    .gate = gate,
    .after = after,
};
