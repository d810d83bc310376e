/* SPDX-License-Identifier: MIT */
/* What the launcher's wait4 and clock say. Exact for everything that was reaped: all of the tree
 * but children of processes that ignore SIGCHLD. */
#include "harness/probes/probe.h"

#include "base/clock.h"

#define RUSAGE_BLOCK_BYTES 512

static const enum pb_metric metrics[] = {
    PB_M_WALL,         PB_M_WALL_TREE,     PB_M_USER,
    PB_M_SYS,          PB_M_RSS_MAX,       PB_M_FAULTS_MINOR,
    PB_M_FAULTS_MAJOR, PB_M_CTX_VOLUNTARY, PB_M_CTX_INVOLUNTARY,
    PB_M_DISK_READ,    PB_M_DISK_WRITE};

static int64_t ns(struct timeval t)
{
    return (int64_t)t.tv_sec * PB_NS_PER_S + (int64_t)t.tv_usec * 1000;
}

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    (void)state;
    (void)err;
    const struct pb_launch_result *r = &facts->launch;
    const struct rusage *u = &r->usage;
    pb_metric_set(out, PB_M_WALL, r->root_exit_ns - r->started_ns);
    if (r->strays)
        pb_metric_missing(out, PB_M_WALL_TREE, "processes outlived the command and were killed");
    else
        pb_metric_set(out, PB_M_WALL_TREE, r->tree_exit_ns - r->started_ns);
    pb_metric_set(out, PB_M_USER, ns(u->ru_utime));
    pb_metric_set(out, PB_M_SYS, ns(u->ru_stime));
    pb_metric_set(out, PB_M_RSS_MAX, (int64_t)u->ru_maxrss * 1024);
    pb_metric_set(out, PB_M_FAULTS_MINOR, u->ru_minflt);
    pb_metric_set(out, PB_M_FAULTS_MAJOR, u->ru_majflt);
    pb_metric_set(out, PB_M_CTX_VOLUNTARY, u->ru_nvcsw);
    pb_metric_set(out, PB_M_CTX_INVOLUNTARY, u->ru_nivcsw);
    pb_metric_set(out, PB_M_DISK_READ, (int64_t)u->ru_inblock * RUSAGE_BLOCK_BYTES);
    pb_metric_set(out, PB_M_DISK_WRITE, (int64_t)u->ru_oublock * RUSAGE_BLOCK_BYTES);
    return 0;
}

const struct pb_probe pb_probe_rusage = {
    .name = "rusage",
    .help = "times, memory, faults, context switches and disk bytes as wait4 reports them",
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof *metrics,
    .after = after,
};
