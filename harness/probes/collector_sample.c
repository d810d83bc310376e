/* SPDX-License-Identifier: MIT */
/* One sample: marks its tree, and reads what the programs counted. */
#include "harness/probes/collector_internal.h"

#include "base/mem.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void clear_hash(int fd)
{
    __u64 key = 0; /* wide enough for every key */
    while (bpf_map_get_next_key(fd, NULL, &key) == 0)
        bpf_map_delete_elem(fd, &key);
}

/* Per-CPU values lie in a row, one for each possible CPU. */
static size_t possible_cpus(void)
{
    int n = libbpf_num_possible_cpus();
    return n > 0 ? (size_t)n : 1;
}

_Static_assert(sizeof(struct pb_tree_counters) % 8 == 0 && sizeof(struct pb_off_cpu) % 8 == 0 &&
                   sizeof(struct pb_run_queue) % 8 == 0 && sizeof(struct pb_syscall_count) % 8 == 0,
               "no padding between CPUs");

static int clear_array(struct pb_collector *c, const char *map, __u32 entries, size_t value_bytes,
                       struct pb_err *err)
{
    int fd = pb_collector_map(c, map), rc = 0;
    void *zeros = pb_calloc(possible_cpus(), value_bytes);
    for (__u32 i = 0; i < entries && rc == 0; i++)
        rc = bpf_map_update_elem(fd, &i, zeros, BPF_ANY);
    free(zeros);
    return rc == 0 ? 0 : pb_err_sys(err, errno, "reset the BPF map %s", map);
}

/* The command itself was made before it was marked. */
static int reset_counters(struct pb_collector *c, struct pb_err *err)
{
    __u32 zero = 0;
    PB_AUTO_FREE struct pb_tree_counters *values = pb_calloc(possible_cpus(), sizeof *values);
    values[0].processes = values[0].threads = 1;
    if (bpf_map_update_elem(pb_collector_map(c, "counters"), &zero, values, BPF_ANY) != 0)
        return pb_err_sys(err, errno, "reset the BPF counters");
    clear_hash(pb_collector_map(c, "address_spaces"));
    clear_hash(pb_collector_map(c, "block_requests"));
    c->control->rss_pages = c->control->rss_peak_pages = c->control->rss_told_pages = 0;
    c->control->spaces_lost = c->control->events_lost = 0;
    c->control->gaps = (struct pb_switch_gaps){0};
    c->control->spaces = 0;
    c->control->keeps_spaces = !pb_collector_lost(c, PB_COLLECT_MEMORY);
    c->control->timeline = c->writer != NULL;
    return 0;
}

static int reset_deep(struct pb_collector *c, struct pb_err *err)
{
    if (!pb_collector_lost(c, PB_COLLECT_SCHED)) {
        clear_hash(pb_collector_map(c, "off_cpu"));
        if (clear_array(c, "run_queue", 1, sizeof(struct pb_run_queue), err) != 0) return -1;
    }
    if (pb_collector_lost(c, PB_COLLECT_SYSCALLS)) return 0;
    if (clear_array(c, "syscalls", PB_SYSCALLS_MAX, sizeof(struct pb_syscall_count), err) != 0)
        return -1;
    return clear_array(c, "ring_opcodes", PB_RING_OPCODES_MAX, sizeof(__u64), err);
}

static int mark(struct pb_collector *c, pid_t root, struct pb_err *err)
{
    struct pb_task_state state = {.sample = c->sample + 1};
    int pidfd = (int)syscall(SYS_pidfd_open, root, 0);
    if (pidfd < 0) return pb_err_sys(err, errno, "open the command's process");
    int rc = bpf_map_update_elem(pb_collector_map(c, "tasks"), &pidfd, &state, BPF_ANY);
    int error = errno;
    close(pidfd);
    return rc == 0 ? 0 : pb_err_sys(err, error, "mark the command's process for BPF");
}

int pb_collector_begin(struct pb_collector *c, pid_t root, struct pb_err *err)
{
    if (pb_collector_lost(c, PB_COLLECT_PROCESS)) return 0;
    if (reset_counters(c, err) != 0 || reset_deep(c, err) != 0 || mark(c, root, err) != 0)
        return -1;
    c->control->awaits_exec = 1;
    c->control->follows_switches = !pb_collector_lost(c, PB_COLLECT_SCHED);
    c->control->keeps_states =
        c->control->follows_switches || !pb_collector_lost(c, PB_COLLECT_SYSCALLS);
    __atomic_store_n(&c->control->sample, ++c->sample, __ATOMIC_SEQ_CST);
    return 0;
}

static void add_u64(void *sum, const void *one, size_t bytes)
{
    __u64 *to = sum;
    const __u64 *from = one;
    for (size_t i = 0; i < bytes / sizeof *to; i++)
        to[i] += from[i];
}

/* Adds up the values of all CPUs; all maps of ours hold 64-bit counters. */
static int read_sum(struct pb_collector *c, const char *map, __u32 key, void *sum, size_t bytes,
                    struct pb_err *err)
{
    size_t cpus = possible_cpus();
    char *values = pb_calloc(cpus, bytes);
    memset(sum, 0, bytes);
    int rc = bpf_map_lookup_elem(pb_collector_map(c, map), &key, values), error = errno;
    for (size_t i = 0; i < cpus && rc == 0; i++)
        add_u64(sum, values + i * bytes, bytes);
    free(values);
    return rc == 0 ? 0 : pb_err_sys(err, error, "read the BPF map %s", map);
}

/* The one field that is a maximum. */
static uint64_t largest_rss(const struct pb_tree_counters *values, size_t cpus)
{
    uint64_t largest = 0;
    for (size_t i = 0; i < cpus; i++)
        if (values[i].rss_max_bytes > largest) largest = values[i].rss_max_bytes;
    return largest;
}

int pb_collector_end(struct pb_collector *c, struct pb_tree_counters *out, uint64_t *rss_peak_bytes,
                     struct pb_err *err)
{
    *out = (struct pb_tree_counters){0};
    *rss_peak_bytes = 0;
    if (pb_collector_lost(c, PB_COLLECT_PROCESS)) return 0;
    __atomic_store_n(&c->control->sample, 0, __ATOMIC_SEQ_CST);
    size_t cpus = possible_cpus();
    __u32 zero = 0;
    PB_AUTO_FREE struct pb_tree_counters *values = pb_calloc(cpus, sizeof *values);
    if (bpf_map_lookup_elem(pb_collector_map(c, "counters"), &zero, values) != 0)
        return pb_err_sys(err, errno, "read the BPF counters");
    for (size_t i = 0; i < cpus; i++)
        add_u64(out, &values[i], sizeof *out);
    out->rss_max_bytes = largest_rss(values, cpus);
    __s64 peak = __atomic_load_n(&c->control->rss_peak_pages, __ATOMIC_SEQ_CST);
    if (c->control->spaces_lost) peak = 0;
    *rss_peak_bytes = peak > 0 ? (uint64_t)peak * c->control->page_size : 0;
    return 0;
}

int pb_collector_read_sched(struct pb_collector *c, struct pb_arena *arena,
                            struct pb_sched_figures *out, struct pb_err *err)
{
    enum { KEYS_MAX = 4096 };
    int fd = pb_collector_map(c, "off_cpu");
    __u32 key, *last = NULL;
    *out = (struct pb_sched_figures){.off_cpu =
                                         PB_ARENA_ARRAY(arena, struct pb_off_cpu_figure, KEYS_MAX)};
    while (out->off_cpu_count < KEYS_MAX && bpf_map_get_next_key(fd, last, &key) == 0) {
        struct pb_off_cpu_figure *f = &out->off_cpu[out->off_cpu_count++];
        f->key = key;
        last = &f->key;
        if (read_sum(c, "off_cpu", key, &f->sum, sizeof f->sum, err) != 0) return -1;
    }
    out->gaps = c->control->gaps;
    return read_sum(c, "run_queue", 0, &out->run_queue, sizeof out->run_queue, err);
}

int pb_collector_read_syscalls(struct pb_collector *c, struct pb_syscall_figures *out,
                               struct pb_err *err)
{
    for (__u32 i = 0; i < PB_SYSCALLS_MAX; i++)
        if (read_sum(c, "syscalls", i, &out->syscalls[i], sizeof out->syscalls[i], err) != 0)
            return -1;
    for (__u32 i = 0; i < PB_RING_OPCODES_MAX; i++)
        if (read_sum(c, "ring_opcodes", i, &out->ring_opcodes[i], sizeof out->ring_opcodes[i],
                     err) != 0)
            return -1;
    return 0;
}

int pb_collector_timeline_begin(struct pb_collector *c, const char *path, struct pb_err *err)
{
    c->writer = pb_timeline_writer_start(pb_collector_map(c, "timeline"), path, err);
    return c->writer ? 0 : -1;
}

int pb_collector_timeline_end(struct pb_collector *c, struct pb_timeline_summary *out,
                              struct pb_err *err)
{
    struct pb_timeline_writer *writer = c->writer;
    c->writer = NULL;
    c->control->timeline = 0;
    out->gaps = c->control->gaps;
    out->lost =
        __atomic_load_n(&c->control->events_lost, __ATOMIC_SEQ_CST) + out->gaps.departures_unseen;
    return pb_timeline_writer_stop(writer, out, err);
}
