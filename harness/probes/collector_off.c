/* SPDX-License-Identifier: MIT */
/* The collector of a build without BPF: everything is lost, with the cure. */
#include "harness/probes/collector.h"

static const struct pb_loss loss = {
    "phasebench was built without BPF",
    "install clang, libbpf-dev and libelf-dev (./dev setup) and build again"};

struct pb_collector *pb_collector_open(unsigned groups, const struct pb_cgroup *cgroup)
{
    (void)groups;
    (void)cgroup;
    return (struct pb_collector *)&loss; /* never looked into */
}

void pb_collector_close(struct pb_collector *collector)
{
    (void)collector;
}

const struct pb_loss *pb_collector_loss(const struct pb_collector *collector,
                                        enum pb_collector_group group)
{
    (void)collector;
    (void)group;
    return &loss;
}

int pb_collector_begin(struct pb_collector *collector, pid_t root, struct pb_err *err)
{
    (void)collector;
    (void)root;
    (void)err;
    return 0;
}

int pb_collector_end(struct pb_collector *collector, struct pb_tree_counters *out,
                     uint64_t *rss_peak_bytes, struct pb_err *err)
{
    (void)collector;
    (void)err;
    *out = (struct pb_tree_counters){0};
    *rss_peak_bytes = 0;
    return 0;
}

/* The rest is for groups that are not lost. */
int pb_collector_read_sched(struct pb_collector *collector, struct pb_arena *arena,
                            struct pb_sched_figures *out, struct pb_err *err)
{
    (void)collector;
    (void)arena;
    (void)out;
    return pb_err_set(err, PB_E_UNSUPPORTED, "trace: %s", loss.cause);
}

int pb_collector_read_syscalls(struct pb_collector *collector, struct pb_syscall_figures *out,
                               struct pb_err *err)
{
    (void)collector;
    (void)out;
    return pb_err_set(err, PB_E_UNSUPPORTED, "trace: %s", loss.cause);
}

int pb_collector_timeline_begin(struct pb_collector *collector, const char *path,
                                struct pb_err *err)
{
    (void)collector;
    (void)path;
    return pb_err_set(err, PB_E_UNSUPPORTED, "trace: %s", loss.cause);
}

int pb_collector_timeline_end(struct pb_collector *collector, struct pb_timeline_summary *out,
                              struct pb_err *err)
{
    (void)collector;
    *out = (struct pb_timeline_summary){0};
    return pb_err_set(err, PB_E_UNSUPPORTED, "trace: %s", loss.cause);
}
