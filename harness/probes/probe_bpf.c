/* SPDX-License-Identifier: MIT */
/* What the BPF collector saw of the tree; a lost group of programs loses its metrics alone. */
#include "base/clock.h"
#include "harness/probes/instruments.h"
#include "harness/probes/probe.h"

#include <stddef.h>

#define RUSAGE_BLOCK_BYTES 512

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
    ROW(BLOCK_WAIT, BLOCK, block_wait_ns),
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

static uint64_t larger(uint64_t a, long b)
{
    return b > 0 && (uint64_t)b > a ? (uint64_t)b : a;
}

static long ns(struct timeval t)
{
    return t.tv_sec * PB_NS_PER_S + t.tv_usec * 1000;
}

/* Each can only miss something: wait4 the children that nobody waits for, the exit tracepoint what
 * a task does while it dies (from 6.17 on its memory is freed after it). The larger is nearer. */
static void complete_by_wait4(struct pb_tree_counters *c, const struct rusage *u)
{
    c->cpu_ns = larger(c->cpu_ns, ns(u->ru_utime) + ns(u->ru_stime));
    c->faults_minor = larger(c->faults_minor, u->ru_minflt);
    c->faults_major = larger(c->faults_major, u->ru_majflt);
    c->ctx_voluntary = larger(c->ctx_voluntary, u->ru_nvcsw);
    c->ctx_involuntary = larger(c->ctx_involuntary, u->ru_nivcsw);
    c->disk_read_bytes = larger(c->disk_read_bytes, u->ru_inblock * RUSAGE_BLOCK_BYTES);
    c->disk_write_bytes = larger(c->disk_write_bytes, u->ru_oublock * RUSAGE_BLOCK_BYTES);
    c->rss_max_bytes = larger(c->rss_max_bytes, u->ru_maxrss * 1024);
}

/* As the kernel does for wait4: the sum is exact, its parts go by the samples of the tick. */
static void set_cpu_parts(const struct pb_tree_counters *c, struct pb_metric_values *out)
{
    double ticks = (double)c->user_ns + (double)c->sys_ns;
    double sys = ticks > 0 ? (double)c->cpu_ns * ((double)c->sys_ns / ticks) : 0;
    pb_metric_set(out, PB_M_SYS, (int64_t)sys);
    pb_metric_set(out, PB_M_USER, (int64_t)c->cpu_ns - (int64_t)sys);
}

/* Not every end is seen (bpf/block.h): those that were stand for all. */
static void set_block_wait(const struct pb_tree_counters *c, struct pb_metric_values *out)
{
    double ends = (double)c->block_ends;
    if (c->block_requests && !c->block_ends)
        pb_metric_missing(out, PB_M_BLOCK_WAIT, "no request was seen to end");
    else if (c->block_requests)
        pb_metric_set(out, PB_M_BLOCK_WAIT,
                      (int64_t)((double)c->block_wait_ns / ends * (double)c->block_requests));
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
    complete_by_wait4(&counters, &facts->launch.usage);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *why = why_lost(c, rows[i].group);
        if (why)
            pb_metric_missing(out, rows[i].metric, why);
        else
            pb_metric_set(out, rows[i].metric,
                          (int64_t) * (const __u64 *)((const char *)&counters + rows[i].offset));
    }
    if (!why_lost(c, PB_COLLECT_BLOCK)) set_block_wait(&counters, out);
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
