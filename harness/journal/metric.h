/* SPDX-License-Identifier: MIT */
#ifndef PB_METRIC_H
#define PB_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The metrics: one row each, in the order of docs/design.md section 6. A new metric is a row here
 * and a probe that emits it; journal, statistics and reports go by the table.
 */
enum pb_unit { PB_UNIT_NS, PB_UNIT_BYTES, PB_UNIT_COUNT };
enum pb_better { PB_LOWER, PB_HIGHER, PB_NEUTRAL };
/* EXACT metrics are compared by equality first; TIMED ones by statistics. */
enum pb_metric_nature { PB_TIMED, PB_EXACT, PB_NOTE };

#define PB_METRICS(X)                                                                              \
    X(WALL, "wall_ns", NS, LOWER, TIMED, "exec of the command to its exit")                        \
    X(WALL_TREE, "wall_tree_ns", NS, LOWER, TIMED,                                                 \
      "exec to the end of the last process of the tree")                                           \
    X(USER, "user_ns", NS, LOWER, TIMED, "CPU time in user mode, whole tree")                      \
    X(SYS, "sys_ns", NS, LOWER, TIMED, "CPU time in the kernel, whole tree")                       \
    X(RSS_MAX, "rss_max_bytes", BYTES, LOWER, TIMED, "peak resident set of the largest process")   \
    X(RSS_TREE, "rss_tree_peak_bytes", BYTES, LOWER, TIMED, "peak resident set of the tree")       \
    X(FAULTS_MINOR, "faults_minor", COUNT, LOWER, TIMED, "page faults without I/O, whole tree")    \
    X(FAULTS_MAJOR, "faults_major", COUNT, LOWER, TIMED, "page faults with I/O, whole tree")       \
    X(CTX_VOLUNTARY, "ctx_voluntary", COUNT, LOWER, TIMED,                                         \
      "voluntary context switches, whole tree")                                                    \
    X(CTX_INVOLUNTARY, "ctx_involuntary", COUNT, LOWER, TIMED,                                     \
      "involuntary context switches, whole tree")                                                  \
    X(NET_RX, "net_rx_bytes", BYTES, LOWER, TIMED,                                                 \
      "received from the registry (if it is not ours: by all internet sockets)")                   \
    X(NET_TX, "net_tx_bytes", BYTES, LOWER, TIMED,                                                 \
      "sent to the registry (if it is not ours: by all internet sockets)")                         \
    X(NET_CONNECTIONS, "net_connections", COUNT, LOWER, TIMED, "TCP connections to the registry")  \
    X(DISK_READ, "disk_read_bytes", BYTES, LOWER, TIMED, "read from block devices")                \
    X(DISK_WRITE, "disk_write_bytes", BYTES, LOWER, TIMED, "pages dirtied by the tree")            \
    X(WRITEBACK, "writeback_ns", NS, LOWER, TIMED, "syncfs after the sample: write-back debt")     \
    X(PROCESSES, "processes", COUNT, LOWER, TIMED, "processes of the tree")                        \
    X(THREADS, "threads", COUNT, LOWER, TIMED,                                                     \
      "threads begun in the tree, one or more for each process")                                   \
    X(CACHE, "cache_bytes", BYTES, LOWER, NOTE, "store and metadata cache, each inode once")       \
    X(NODE_MODULES, "node_modules_bytes", BYTES, LOWER, NOTE, "node_modules, each inode once")     \
    X(LOCK, "lock_bytes", BYTES, NEUTRAL, NOTE, "lockfile")                                        \
    X(TREE_FILES, "tree_files", COUNT, NEUTRAL, EXACT, "files below node_modules")                 \
    X(TREE_DIRS, "tree_dirs", COUNT, NEUTRAL, EXACT, "folders below node_modules")                 \
    X(TREE_PACKAGES, "tree_packages", COUNT, NEUTRAL, EXACT, "packages below node_modules")        \
    X(REQUESTS_METADATA, "requests_metadata", COUNT, LOWER, EXACT, "packument requests")           \
    X(REQUESTS_METADATA_FULL, "requests_metadata_full", COUNT, LOWER, EXACT,                       \
      "of these, answered by the full document, not the abbreviated one")                          \
    X(REQUESTS_TARBALL, "requests_tarball", COUNT, LOWER, EXACT, "tarball requests")               \
    X(REQUESTS_NOT_MODIFIED, "requests_not_modified", COUNT, LOWER, EXACT, "answers 304")          \
    X(REGISTRY_CPU, "registry_cpu_ns", NS, NEUTRAL, NOTE, "CPU time of the registry server")       \
    X(STEAL, "steal_ns", NS, NEUTRAL, NOTE, "CPU time taken by the hypervisor, whole machine")     \
    X(CPU, "cpu_ns", NS, LOWER, TIMED, "CPU time of the whole tree, reaped by anybody or nobody")  \
    X(RUN_QUEUE, "run_queue_ns", NS, LOWER, NOTE, "ready to run but waiting for a CPU, all tasks") \
    X(EXECS, "execs", COUNT, LOWER, NOTE, "programs executed in the tree")                         \
    X(STALL_CPU, "stall_cpu_ns", NS, LOWER, NOTE, "some task was stalled for want of a CPU")       \
    X(STALL_IO, "stall_io_ns", NS, LOWER, NOTE, "some task was stalled by I/O")                    \
    X(STALL_MEMORY, "stall_memory_ns", NS, LOWER, NOTE,                                            \
      "some task was stalled for want of memory")                                                  \
    X(BLOCK_READ, "block_read_bytes", BYTES, LOWER, NOTE, "read from devices in the tree's name")  \
    X(BLOCK_WRITE, "block_write_bytes", BYTES, LOWER, NOTE,                                        \
      "written to devices in the tree's name")                                                     \
    X(BLOCK_REQUESTS, "block_requests", COUNT, LOWER, NOTE, "device requests of the tree")         \
    X(BLOCK_WAIT, "block_wait_ns", NS, LOWER, NOTE, "issue to completion, summed over requests")   \
    X(BLOCK_OTHER, "block_other_bytes", BYTES, NEUTRAL, NOTE,                                      \
      "moved to and from devices meanwhile by the kernel's write-back and by others")              \
    X(SOCKET_RX, "socket_rx_bytes", BYTES, LOWER, NOTE,                                            \
      "payload received on internet sockets, whatever the peer")                                   \
    X(SOCKET_TX, "socket_tx_bytes", BYTES, LOWER, NOTE,                                            \
      "payload sent on internet sockets, whatever the peer")                                       \
    X(SOCKET_CONNECTIONS, "socket_connections", COUNT, LOWER, NOTE,                                \
      "TCP connections attempted, whatever the peer")                                              \
    X(IP_RX, "ip_rx_bytes", BYTES, LOWER, NOTE, "IP packets received, headers included")           \
    X(IP_TX, "ip_tx_bytes", BYTES, LOWER, NOTE, "IP packets sent, headers included")               \
    X(IO_URING, "io_uring_requests", COUNT, NEUTRAL, NOTE, "requests submitted through io_uring")

enum pb_metric {
#define PB_METRIC_ENUM(id, ...) PB_M_##id,
    PB_METRICS(PB_METRIC_ENUM)
#undef PB_METRIC_ENUM
        PB_METRIC_COUNT
};

struct pb_metric_info {
    const char *name;
    enum pb_unit unit;
    enum pb_better better;
    enum pb_metric_nature nature;
    const char *help;
};
extern const struct pb_metric_info pb_metric_table[PB_METRIC_COUNT];

/* -1 when there is no such metric. */
int pb_metric_by_name(const char *name);

/* The figures of one sample. What could not be taken has no value and a reason (a literal or in
 * the memory of whoever owns the values). */
struct pb_metric_values {
    bool has[PB_METRIC_COUNT];
    int64_t value[PB_METRIC_COUNT];
    const char *reason[PB_METRIC_COUNT]; /* why not; NULL when has */
};

static inline void pb_metric_set(struct pb_metric_values *v, enum pb_metric m, int64_t value)
{
    v->has[m] = true;
    v->value[m] = value;
    v->reason[m] = NULL;
}
/* Keeps a value that is there already. */
static inline void pb_metric_missing(struct pb_metric_values *v, enum pb_metric m, const char *why)
{
    if (!v->has[m]) v->reason[m] = why;
}

#endif
