/* SPDX-License-Identifier: MIT */
/* What the BPF collector saw of the tree; a lost group of programs loses its metrics alone. */
#include "harness/probes/instruments.h"
#include "harness/probes/probe.h"
#include "harness/probes/tree_totals.h"

#include <stddef.h>

static const struct row {
    enum pb_metric metric;
    enum pb_collector_group group;
    size_t offset; /* in struct pb_tree_counters */
} rows[] = {
#define ROW(metric, group, field)                                                                  \
    {                                                                                              \
        PB_M_##metric, PB_COLLECT_##group, offsetof(struct pb_tree_counters, field)                \
    }
    ROW(CPU, PROCESS, cpu_ns),
    ROW(RSS_MAX, PROCESS, rss_max_bytes),
    ROW(FAULTS_MINOR, PROCESS, faults_minor),
    ROW(FAULTS_MAJOR, PROCESS, faults_major),
    ROW(CTX_VOLUNTARY, PROCESS, ctx_voluntary),
    ROW(CTX_INVOLUNTARY, PROCESS, ctx_involuntary),
    ROW(DISK_READ, PROCESS, disk_read_bytes),
    ROW(DISK_WRITE, PROCESS, disk_write_bytes),
    ROW(PROCESSES, PROCESS, processes),
    ROW(THREADS, PROCESS, threads),
    ROW(EXECS, PROCESS, execs),
    ROW(RUN_QUEUE, PROCESS, run_queue_ns),
    ROW(BLOCK_READ, BLOCK, block_read_bytes),
    ROW(BLOCK_WRITE, BLOCK, block_write_bytes),
    ROW(BLOCK_REQUESTS, BLOCK, block_requests),
    ROW(BLOCK_OTHER, BLOCK, block_other_bytes),
    ROW(SOCKET_RX, SOCKET, socket_rx_bytes),
    ROW(SOCKET_TX, SOCKET, socket_tx_bytes),
    ROW(SOCKET_CONNECTIONS, SOCKET, socket_connections),
    ROW(IO_URING, IO_URING, io_uring_requests),
    ROW(IP_RX, IP, ip_rx_bytes),
    ROW(IP_TX, IP, ip_tx_bytes),
#undef ROW
};

static const enum pb_metric metrics[] = {PB_M_USER,
                                         PB_M_SYS,
                                         PB_M_CPU,
                                         PB_M_RSS_MAX,
                                         PB_M_RSS_TREE,
                                         PB_M_FAULTS_MINOR,
                                         PB_M_FAULTS_MAJOR,
                                         PB_M_CTX_VOLUNTARY,
                                         PB_M_CTX_INVOLUNTARY,
                                         PB_M_DISK_READ,
                                         PB_M_DISK_WRITE,
                                         PB_M_PROCESSES,
                                         PB_M_THREADS,
                                         PB_M_EXECS,
                                         PB_M_RUN_QUEUE,
                                         PB_M_BLOCK_READ,
                                         PB_M_BLOCK_WRITE,
                                         PB_M_BLOCK_REQUESTS,
                                         PB_M_BLOCK_WAIT,
                                         PB_M_BLOCK_OTHER,
                                         PB_M_SOCKET_RX,
                                         PB_M_SOCKET_TX,
                                         PB_M_SOCKET_CONNECTIONS,
                                         PB_M_IO_URING,
                                         PB_M_IP_RX,
                                         PB_M_IP_TX};

static int gate(void *state, struct pb_facts *facts, pid_t pid, struct pb_err *err)
{
    (void)state;
    return facts->instruments ? pb_collector_begin(facts->instruments->collector, pid, err) : 0;
}

static const struct pb_collector *collector_of(const struct pb_facts *facts)
{
    return facts->instruments ? facts->instruments->collector : NULL;
}

static const char *why_lost(const struct pb_collector *c, enum pb_collector_group group)
{
    const struct pb_loss *loss = c ? pb_collector_loss(c, group) : NULL;
    return !c ? "no instruments were opened" : loss ? loss->cause : NULL;
}

static void set_cpu_parts(const struct pb_tree_counters *c, struct pb_metric_values *out)
{
    int64_t user_ns, sys_ns;
    pb_tree_cpu_parts(c, &user_ns, &sys_ns);
    pb_metric_set(out, PB_M_USER, user_ns);
    pb_metric_set(out, PB_M_SYS, sys_ns);
}

static void set_block_wait(const struct pb_tree_counters *c, const char *why,
                           struct pb_metric_values *out)
{
    int64_t wait_ns = 0;
    if (!why && !pb_tree_block_wait(c, &wait_ns)) why = "no request was seen to end";
    if (why)
        pb_metric_missing(out, PB_M_BLOCK_WAIT, why);
    else
        pb_metric_set(out, PB_M_BLOCK_WAIT, wait_ns);
}

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    (void)state;
    const struct pb_collector *c = collector_of(facts);
    struct pb_tree_counters counters = {0};
    uint64_t rss_peak_bytes = 0;
    if (c && pb_collector_end(facts->instruments->collector, &counters, &rss_peak_bytes, err) != 0)
        return -1;
    pb_tree_complete_by_wait4(&counters, &facts->launch.usage);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *why = why_lost(c, rows[i].group);
        if (why)
            pb_metric_missing(out, rows[i].metric, why);
        else
            pb_metric_set(out, rows[i].metric,
                          (int64_t) * (const __u64 *)((const char *)&counters + rows[i].offset));
    }
    set_block_wait(&counters, why_lost(c, PB_COLLECT_BLOCK), out);
    const char *why = why_lost(c, PB_COLLECT_MEMORY);
    if (!why && !rss_peak_bytes) why = "more processes at a time than are followed (256)";
    if (why)
        pb_metric_missing(out, PB_M_RSS_TREE, why);
    else
        pb_metric_set(out, PB_M_RSS_TREE, (int64_t)rss_peak_bytes);
    if (!why_lost(c, PB_COLLECT_PROCESS)) set_cpu_parts(&counters, out);
    return 0;
}

const struct pb_probe pb_probe_bpf = {
    .name = "bpf",
    .help = "processes, memory, disk and network of the tree as the kernel's tracepoints show them",
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof *metrics,
    .gate = gate,
    .after = after,
};
