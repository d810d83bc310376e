/* SPDX-License-Identifier: MIT */
/*
 * The probes' figures against commands whose use is known, at the privileges this program is given.
 * Every figure that the level offers must lie within the bounds written here; one that it does not
 * offer must say so. Bounds on time are wide above: the machine has a say in what a command needs
 * besides its known work, but not in whether the work is counted.
 */
#include "echo_server.h"
#include "oracle.h"
#include "oracle_run.h"

#include "base/clock.h"
#include "harness/probes/groups.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#define MS PB_NS_PER_MS
#define MIB (INT64_C(1) << 20)

static const struct pb_probe *const table[] = {&pb_probe_cgroup, &pb_probe_bpf, &pb_probe_perf,
                                               &pb_probe_rusage, NULL};

TestSuite(probes_oracle, .init = oracle_set_up, .fini = oracle_tear_down, .timeout = 120);

struct bound {
    const char *kind;
    long amount;
    enum pb_metric metric;
    int64_t least, most;
};

/* Where nothing but rusage is at hand, children of a parent that ignores SIGCHLD are lost; this
 * figure then is known to be wrong, and results say so by their level. */
static bool is_known_to_be_lost(const struct bound *b, const char *level)
{
    const char *source = pb_level_source(level, b->metric);
    return strcmp(b->kind, "unreaped") == 0 && source && strcmp(source, "launcher") == 0;
}

static void expect_within(const struct bound *b, const struct pb_metric_values *v,
                          const char *level)
{
    const char *name = pb_metric_table[b->metric].name;
    if (!pb_level_source(level, b->metric)) {
        cr_expect(!v->has[b->metric] && v->reason[b->metric], "%s %s at level \"%s\"", b->kind,
                  name, level);
        return;
    }
    cr_assert(v->has[b->metric], "%s %s: %s", b->kind, name, v->reason[b->metric]);
    bool lost = is_known_to_be_lost(b, level);
    long long least = lost ? 0 : b->least, most = lost ? b->least : b->most,
              value = v->value[b->metric];
    cr_expect(value >= least && value <= most, "%s %ld: %s is %lld, not %lld to %lld, at \"%s\"",
              b->kind, b->amount, name, value, least, most, level);
}

/* Rows of one kind and amount follow each other and share a run. */
static void check_bounds(const struct bound *bounds, size_t n)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_instruments instruments;
    const struct pb_probe_group *groups;
    struct pb_metric_values v;
    pb_instruments_open(&instruments, PB_COLLECT_DEFAULT);
    size_t group_count = pb_instruments_groups(&arena, &instruments, &groups);
    const char *level = pb_probe_level(&arena, groups, group_count);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(bounds[i].kind, bounds[i - 1].kind) != 0 ||
            bounds[i].amount != bounds[i - 1].amount) {
            struct pb_launch_result r =
                oracle_launch(table, &instruments, bounds[i].kind, bounds[i].amount, &v);
            if (r.exit_code == 77) cr_skip_test("%s is forbidden here", bounds[i].kind);
            cr_assert_eq(r.exit_code, 0, "%s failed", bounds[i].kind);
        }
        expect_within(&bounds[i], &v, level);
    }
    pb_instruments_close(&instruments);
    pb_arena_release(&arena);
}
#define CHECK(bounds) check_bounds(bounds, sizeof bounds / sizeof *bounds)

Test(probes_oracle, cpu_time)
{
    static const struct bound bounds[] = {{"burn", 200, PB_M_CPU, 198 * MS, 260 * MS},
                                          {"burn", 200, PB_M_USER, 150 * MS, 260 * MS},
                                          {"burn", 200, PB_M_SYS, 0, 60 * MS},
                                          {"burnsys", 200, PB_M_CPU, 198 * MS, 260 * MS},
                                          {"burnsys", 200, PB_M_SYS, 100 * MS, 260 * MS},
                                          {"daemon", 200, PB_M_CPU, 198 * MS, 260 * MS},
                                          {"daemon", 200, PB_M_USER, 150 * MS, 260 * MS},
                                          {"unreaped", 200, PB_M_CPU, 198 * MS, 260 * MS},
                                          {"unreaped", 200, PB_M_USER, 150 * MS, 260 * MS}};
    CHECK(bounds);
}

/* A process that is preempted as it goes to sleep is counted as involuntary. */
Test(probes_oracle, context_switches)
{
    static const struct bound bounds[] = {{"switches", 3000, PB_M_CTX_VOLUNTARY, 2900, 3200}};
    CHECK(bounds);
}

Test(probes_oracle, processes_and_threads)
{
    static const struct bound bounds[] = {{"forks", 1000, PB_M_PROCESSES, 1001, 1001},
                                          {"forks", 1000, PB_M_THREADS, 1001, 1001},
                                          {"forks", 1000, PB_M_EXECS, 1, 1},
                                          {"forks", 1000, PB_M_FAULTS_MINOR, 5000, 200000},
                                          {"threads", 40, PB_M_PROCESSES, 1, 1},
                                          {"threads", 40, PB_M_THREADS, 41, 41},
                                          {"daemon", 1, PB_M_PROCESSES, 3, 3}};
    CHECK(bounds);
}

/* Pages in the kernel's per-CPU batches and of the C library are the slack. */
Test(probes_oracle, memory)
{
    static const struct bound bounds[] = {
        {"memory", 200, PB_M_RSS_MAX, 200 * MIB, 210 * MIB},
        {"memory", 200, PB_M_RSS_TREE, 199 * MIB, 212 * MIB},
        {"memory3", 100, PB_M_RSS_MAX, 100 * MIB, 110 * MIB},
        {"memory3", 100, PB_M_RSS_TREE, 297 * MIB, 320 * MIB},
        {"spike", 65536, PB_M_RSS_TREE, 64 * MIB, 67 * MIB},
        {"alive", 200, PB_M_RSS_TREE, 4 * MIB, 400 * MIB},
    };
    CHECK(bounds);
}

/* Too short for a look each four milliseconds: the kernel's high-water mark has it, as it has that
 * of the largest process, which here is the whole tree. */
Test(probes_oracle, short_peak_of_memory_is_found)
{
    struct pb_instruments instruments;
    pb_instruments_open(&instruments, PB_COLLECT_DEFAULT);
    bool lost = pb_collector_loss(instruments.collector, PB_COLLECT_MEMORY) != NULL;
    for (int i = 0; i < 10 && !lost; i++) {
        struct pb_metric_values v;
        cr_assert_eq(oracle_launch(table, &instruments, "spike", 2048, &v).exit_code, 0);
        int64_t tree = v.value[PB_M_RSS_TREE], largest = v.value[PB_M_RSS_MAX];
        cr_expect(tree >= largest - MIB / 2 && tree <= largest + MIB / 2, "%ld of %ld KiB",
                  (long)(tree >> 10), (long)(largest >> 10));
    }
    pb_instruments_close(&instruments);
    if (lost) cr_skip_test("no BPF here");
}

/* A peak that misses some of the processes is none. */
Test(probes_oracle, memory_of_too_many_processes_is_not_told)
{
    struct pb_instruments instruments;
    struct pb_metric_values v;
    pb_instruments_open(&instruments, PB_COLLECT_DEFAULT);
    bool lost = pb_collector_loss(instruments.collector, PB_COLLECT_MEMORY) != NULL;
    cr_assert_eq(oracle_launch(table, &instruments, "alive", 300, &v).exit_code, 0);
    cr_expect_not(v.has[PB_M_RSS_TREE]);
    if (!lost) {
        cr_expect_not_null(strstr(v.reason[PB_M_RSS_TREE], "256"), "%s", v.reason[PB_M_RSS_TREE]);
        cr_expect_eq(v.value[PB_M_PROCESSES], 301);
        cr_assert_eq(oracle_launch(table, &instruments, "alive", 3, &v).exit_code, 0);
        cr_expect(v.has[PB_M_RSS_TREE], "the next sample has it again");
    }
    pb_instruments_close(&instruments);
}

/* File data exactly; the file system's own blocks come on top. */
Test(probes_oracle, disk)
{
    static const struct bound bounds[] = {
        {"write", 20480, PB_M_DISK_WRITE, 20 * MIB, 22 * MIB},
        {"write", 20480, PB_M_BLOCK_WRITE, 0, 22 * MIB},
        {"read", 20480, PB_M_DISK_READ, 20 * MIB, 21 * MIB},
        {"read", 20480, PB_M_BLOCK_READ, 20 * MIB, 21 * MIB},
        {"read", 20480, PB_M_BLOCK_REQUESTS, 20, 5120},
    };
    if (!oracle_dir_is_on_a_disk()) cr_skip_test("the temporary folder is on no block device");
    CHECK(bounds);
}

Test(probes_oracle, network)
{
    enum { N = ORACLE_NET_BYTES };
    struct echo_server server;
    cr_assert_eq(echo_server_start(&server), 0);
    const struct bound bounds[] = {{"tcp", server.port, PB_M_SOCKET_TX, N, N},
                                   {"tcp", server.port, PB_M_SOCKET_RX, N, N},
                                   {"tcp", server.port, PB_M_SOCKET_CONNECTIONS, 1, 1},
                                   {"tcp", server.port, PB_M_IP_RX, N, N + N / 50},
                                   {"tcp", server.port, PB_M_IP_TX, N, N + N / 50},
                                   {"udp", server.port, PB_M_SOCKET_TX, N, N},
                                   {"udp", server.port, PB_M_SOCKET_RX, N, N},
                                   {"udp", server.port, PB_M_SOCKET_CONNECTIONS, 0, 0},
                                   {"udp", server.port, PB_M_IP_TX, N, N + N / 50}};
    CHECK(bounds);
    echo_server_stop(&server);
}

Test(probes_oracle, io_uring)
{
    static const struct bound bounds[] = {{"ring", 50, PB_M_IO_URING, 50, 50}};
    CHECK(bounds);
}

/* Both see everything here, in one and the same run. BPF may count one voluntary switch more for
 * each task: the last, by which it leaves the CPU when wait4's sums are made already. */
static void expect_as_wait4(const char *kind, const struct pb_metric_values *v,
                            const struct rusage *u)
{
    const struct {
        enum pb_metric metric;
        long wait4, slack;
    } rows[] = {{PB_M_FAULTS_MINOR, u->ru_minflt, 2},
                {PB_M_FAULTS_MAJOR, u->ru_majflt, 0},
                {PB_M_CTX_VOLUNTARY, u->ru_nvcsw, (long)v->value[PB_M_THREADS]},
                {PB_M_CTX_INVOLUNTARY, u->ru_nivcsw, 2},
                {PB_M_RSS_MAX, u->ru_maxrss * 1024, 0},
                {PB_M_DISK_READ, u->ru_inblock * 512, 0},
                {PB_M_DISK_WRITE, u->ru_oublock * 512, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        long value = (long)v->value[rows[i].metric];
        cr_expect(value >= rows[i].wait4 && value <= rows[i].wait4 + rows[i].slack,
                  "%s: %s is %ld, wait4 says %ld", kind, pb_metric_table[rows[i].metric].name,
                  value, rows[i].wait4);
    }
}

Test(probes_oracle, bpf_agrees_with_wait4)
{
    static const struct {
        const char *kind;
        long amount;
    } runs[] = {
        {"forks", 300}, {"memory3", 50}, {"write", 4096}, {"switches", 500}, {"threads", 20}};
    static const struct pb_probe *const bpf[] = {&pb_probe_bpf, NULL};
    struct pb_instruments instruments;
    pb_instruments_open(&instruments, PB_COLLECT_DEFAULT);
    if (pb_collector_loss(instruments.collector, PB_COLLECT_PROCESS)) {
        pb_instruments_close(&instruments);
        cr_skip_test("no BPF here");
    }
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct pb_metric_values v;
        struct pb_launch_result r =
            oracle_launch(bpf, &instruments, runs[i].kind, runs[i].amount, &v);
        cr_assert_eq(r.exit_code, 0);
        expect_as_wait4(runs[i].kind, &v, &r.usage);
    }
    pb_instruments_close(&instruments);
}

/* What each level must offer, so that a loss cannot hide behind its own reason. */
Test(probes_oracle, level_offers_what_its_privileges_allow)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pb_probe_group *groups;
    size_t n = pb_probe_groups(&arena, &groups);
    const char *level = pb_probe_level(&arena, groups, n);
    bool bpf = pb_level_source(level, PB_M_PROCESSES) != NULL,
         cgroup = pb_level_source(level, PB_M_STALL_CPU) != NULL && strstr(level, "cgroup");
    if (oracle_level_is("none")) {
        cr_expect_not(bpf, "%s", level);
        cr_expect_not(cgroup, "%s", level);
    } else if (oracle_level_is("caps") || oracle_level_is("delegated")) {
        cr_expect(bpf, "%s", level);
        cr_expect_eq(cgroup, oracle_level_is("delegated"), "%s", level);
        cr_expect_eq(pb_level_source(level, PB_M_IP_RX) != NULL, cgroup, "%s", level);
    }
    cr_expect_str_eq(pb_level_source(level, PB_M_DISK_READ), bpf ? "process" : "launcher");
    pb_arena_release(&arena);
}
