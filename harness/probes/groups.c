/* SPDX-License-Identifier: MIT */
#include "harness/probes/groups.h"

#include "base/buf.h"
#include "harness/probes/instruments.h"
#include "harness/probes/perf_clock.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { METRICS_MAX = 20 };

/* Where several groups give a metric, the first row is the source (as in probe_table.c). */
static const struct row {
    const char *name, *gives;
    enum pb_group_level level;
    int collector_group; /* -1: not of BPF */
    /* Its figures miss part of the tree (children that nobody waits for) or see more than it: they
     * compare with nothing but themselves. */
    bool inexact;
    enum pb_metric metrics[METRICS_MAX];
    size_t metric_count;
} rows[] = {
#define NO_METRICS .metric_count = 0
#define METRICS(...) {__VA_ARGS__}, sizeof((enum pb_metric[]){__VA_ARGS__}) / sizeof(enum pb_metric)
    {"cgroup", "CPU time and pressure of everything in the tree", PB_GROUP_DEFAULT, -1, false,
     METRICS(PB_M_USER, PB_M_SYS, PB_M_CPU, PB_M_STALL_CPU, PB_M_STALL_IO, PB_M_STALL_MEMORY)},
    {"process", "processes, threads, execs; CPU time, faults, switches of all of them",
     PB_GROUP_DEFAULT, PB_COLLECT_PROCESS, false,
     METRICS(PB_M_USER, PB_M_SYS, PB_M_CPU, PB_M_RSS_MAX, PB_M_FAULTS_MINOR, PB_M_FAULTS_MAJOR,
             PB_M_CTX_VOLUNTARY, PB_M_CTX_INVOLUNTARY, PB_M_DISK_READ, PB_M_DISK_WRITE,
             PB_M_PROCESSES, PB_M_THREADS, PB_M_EXECS, PB_M_RUN_QUEUE)},
    {"memory", "peak of the tree's resident memory", PB_GROUP_DEFAULT, PB_COLLECT_MEMORY, false,
     METRICS(PB_M_RSS_TREE)},
    {"block", "bytes, requests and latency of block devices", PB_GROUP_DEFAULT, PB_COLLECT_BLOCK,
     false,
     METRICS(PB_M_BLOCK_READ, PB_M_BLOCK_WRITE, PB_M_BLOCK_REQUESTS, PB_M_BLOCK_WAIT,
             PB_M_BLOCK_OTHER)},
    {"socket", "bytes through internet sockets, TCP connections", PB_GROUP_DEFAULT,
     PB_COLLECT_SOCKET, false, METRICS(PB_M_SOCKET_RX, PB_M_SOCKET_TX, PB_M_SOCKET_CONNECTIONS)},
    {"io_uring", "requests through io_uring", PB_GROUP_DEFAULT, PB_COLLECT_IO_URING, false,
     METRICS(PB_M_IO_URING)},
    {"ip", "IP bytes, headers included", PB_GROUP_DEFAULT, PB_COLLECT_IP, false,
     METRICS(PB_M_IP_RX, PB_M_IP_TX)},
    {"sched", "why tasks wait, and how long for a CPU", PB_GROUP_TRACE, PB_COLLECT_SCHED, false,
     NO_METRICS},
    {"syscalls", "system calls and operations on files", PB_GROUP_TRACE, PB_COLLECT_SYSCALLS, false,
     NO_METRICS},
    {"timeline", "what each task did when", PB_GROUP_TRACE, PB_COLLECT_TIMELINE, false, NO_METRICS},
    {"stacks", "functions, on the CPU and waiting", PB_GROUP_TRACE, -1, false, NO_METRICS},
    {"perf", "CPU time of everything in the tree", PB_GROUP_ALWAYS, -1, false, METRICS(PB_M_CPU)},
    {"launcher", "times, largest process, faults, switches and disk bytes of what was waited for",
     PB_GROUP_ALWAYS, -1, true,
     METRICS(PB_M_USER, PB_M_SYS, PB_M_RSS_MAX, PB_M_FAULTS_MINOR, PB_M_FAULTS_MAJOR,
             PB_M_CTX_VOLUNTARY, PB_M_CTX_INVOLUNTARY, PB_M_DISK_READ, PB_M_DISK_WRITE)},
    {"machine", "stolen time, disturbance by other programs", PB_GROUP_ALWAYS, -1, false,
     METRICS(PB_M_STEAL)},
    {"pressure", "pressure of the whole machine", PB_GROUP_ALWAYS, -1, true,
     METRICS(PB_M_STALL_CPU, PB_M_STALL_IO, PB_M_STALL_MEMORY)},
#undef METRICS
#undef NO_METRICS
};
enum { ROWS = sizeof rows / sizeof *rows };

const char *pb_group_level_name(enum pb_group_level level)
{
    static const char *const names[] = {
        [PB_GROUP_ALWAYS] = "always", [PB_GROUP_DEFAULT] = "default", [PB_GROUP_TRACE] = "trace"};
    return names[level];
}

static void try_file(const char *path, const char *cure, struct pb_loss *loss)
{
    if (access(path, R_OK) == 0) return;
    snprintf(loss->cause, sizeof loss->cause, "%s cannot be read", path);
    snprintf(loss->cure, sizeof loss->cure, "%s", cure);
}

static void try_perf(struct pb_loss *loss)
{
    int fd = pb_perf_clock_open(0);
    if (fd >= 0) {
        close(fd);
        return;
    }
    *loss = (struct pb_loss){"perf_event_open: not permitted",
                             "sudo sysctl kernel.perf_event_paranoid=2"};
}

static struct pb_loss find_loss(const struct row *row, const struct pb_instruments *instruments)
{
    struct pb_loss loss = {0};
    if (row->collector_group >= 0) {
        const struct pb_loss *found = pb_collector_loss(
            instruments->collector, (enum pb_collector_group)row->collector_group);
        if (found) loss = *found;
    } else if (strcmp(row->name, "cgroup") == 0) {
        loss = instruments->cgroup.loss;
    } else if (strcmp(row->name, "perf") == 0) {
        try_perf(&loss);
    } else if (strcmp(row->name, "stacks") == 0) {
        pb_stack_trace_try(&loss);
    } else if (strcmp(row->name, "machine") == 0) {
        try_file("/proc/stat", "mount /proc", &loss);
    } else if (strcmp(row->name, "pressure") == 0) {
        try_file("/proc/pressure/cpu", "boot with psi=1 on the kernel's command line", &loss);
    }
    return loss;
}

size_t pb_instruments_groups(struct pb_arena *arena, const struct pb_instruments *instruments,
                             const struct pb_probe_group **out)
{
    struct pb_probe_group *groups = PB_ARENA_ARRAY(arena, struct pb_probe_group, ROWS);
    for (int i = 0; i < ROWS; i++) {
        struct pb_loss loss = find_loss(&rows[i], instruments);
        bool lost = loss.cause[0] != '\0';
        groups[i] =
            (struct pb_probe_group){.name = rows[i].name,
                                    .gives = rows[i].gives,
                                    .level = rows[i].level,
                                    .available = !lost,
                                    .cause = lost ? pb_arena_cstr(arena, pb_str(loss.cause)) : NULL,
                                    .cure = lost ? pb_arena_cstr(arena, pb_str(loss.cure)) : NULL};
    }
    *out = groups;
    return ROWS;
}

size_t pb_probe_groups(struct pb_arena *arena, const struct pb_probe_group **out)
{
    struct pb_instruments instruments;
    pb_instruments_open(&instruments, PB_COLLECT_ALL);
    size_t n = pb_instruments_groups(arena, &instruments, out);
    pb_instruments_close(&instruments);
    return n;
}

const char *pb_probe_level(struct pb_arena *arena, const struct pb_probe_group *groups, size_t n)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
    for (size_t i = 0; i < n; i++)
        if (groups[i].available && groups[i].level != PB_GROUP_TRACE)
            pb_buf_printf(&text, "%s%s", text.n ? " " : "", groups[i].name);
    return pb_arena_cstr(arena, pb_buf_str(&text));
}

static bool is_in(const char *level, const struct row *row)
{
    struct pb_str rest = pb_str(level ? level : ""), word;
    while (pb_str_split(&rest, ' ', &word))
        if (pb_str_is(word, row->name)) return true;
    return strcmp(row->name, "launcher") == 0;
}

static bool gives(const struct row *row, enum pb_metric metric)
{
    for (size_t i = 0; i < row->metric_count; i++)
        if (row->metrics[i] == metric) return true;
    return false;
}

static const struct row *find_source(const char *level, enum pb_metric metric)
{
    for (int i = 0; i < ROWS; i++)
        if (gives(&rows[i], metric) && is_in(level, &rows[i])) return &rows[i];
    return NULL;
}

static bool needs_a_group(enum pb_metric metric)
{
    for (int i = 0; i < ROWS; i++)
        if (gives(&rows[i], metric)) return true;
    return false;
}

const char *pb_level_source(const char *level, enum pb_metric metric)
{
    const struct row *row = find_source(level, metric);
    return row ? row->name : NULL;
}

bool pb_levels_share(struct pb_arena *arena, const char *level_a, const char *level_b,
                     enum pb_metric metric, const char **why)
{
    const char *name = pb_metric_table[metric].name, *text;
    if (!needs_a_group(metric)) return true;
    const struct row *a = find_source(level_a, metric), *b = find_source(level_b, metric);
    if (a && b && (a == b || (!a->inexact && !b->inexact))) return true;
    if (a && b)
        text = pb_arena_printf(arena, "%s was taken by %s in one result and by %s in the other",
                               name, a->name, b->name);
    else
        text = pb_arena_printf(arena, "%s was not taken in %s", name,
                               a || b ? "one of the results" : "either result");
    if (why) *why = text;
    return false;
}
