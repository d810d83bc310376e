/* SPDX-License-Identifier: MIT */
/*
 * The deep levels against commands whose waits and system calls are known. Waits must be found
 * under the right reason and with the right length: never shorter than asked for by more than the
 * time the command needs to get there, and longer only by what a busy machine's timers are late.
 */
#include "echo_server.h"
#include "oracle_run.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"
#include "harness/probes/timeline.h"
#include "harness/probes/trace_detail.h"
#include "harness/probes/trace_names.h"

#include <criterion/criterion.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MS PB_NS_PER_MS
#define EARLY_NS (15 * MS)
#define LATE_NS (500 * MS)

static const struct pb_probe *const table[] = {&pb_probe_bpf, &pb_probe_rusage, NULL};

TestSuite(trace_oracle, .init = oracle_set_up, .fini = oracle_tear_down, .timeout = 120);

static void open_or_skip(struct pb_instruments *instruments, enum pb_collector_group group)
{
    pb_instruments_open(instruments, PB_COLLECT_DEFAULT | 1u << group);
    const struct pb_loss *loss = pb_collector_loss(instruments->collector, group);
    if (!loss) return;
    cr_assert_not(oracle_level_is("caps"), "lost: %s", loss->cause);
    char cause[256]; /* the loss goes with the collector */
    snprintf(cause, sizeof cause, "%s", loss->cause);
    pb_instruments_close(instruments);
    cr_skip_test("%s", cause);
}

static const struct {
    const char *kind, *reason;
    long ms;
} sleeps[] = {{"sleep", "sleep", 50},        {"futex", "futex", 100},  {"epoll", "epoll", 120},
              {"poll", "poll", 80},          {"socket", "socket", 60}, {"pipe", "pipe", 70},
              {"socket_read", "socket", 64}, {"select", "poll", 90},   {"accept", "socket", 75},
              {"child", "child", 85},        {"flock", "lock", 95},    {"fcntl", "lock", 65},
              {"ring_wait", "io_uring", 105}};

static uint64_t off_cpu_ns(const struct pb_sched_figures *figures, const char *reason)
{
    uint64_t ns = 0;
    for (size_t i = 0; i < figures->off_cpu_count; i++)
        if (strcmp(pb_off_reason(figures->off_cpu[i].key), reason) == 0)
            ns += figures->off_cpu[i].sum.ns;
    return ns;
}

Test(trace_oracle, waits_are_told_apart_by_reason)
{
    struct pb_instruments instruments;
    open_or_skip(&instruments, PB_COLLECT_SCHED);
    for (size_t i = 0; i < sizeof sleeps / sizeof *sleeps; i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        struct pb_metric_values v;
        struct pb_sched_figures figures;
        struct pb_err err = PB_ERR_INIT;
        struct pb_launch_result r =
            oracle_launch(table, &instruments, sleeps[i].kind, sleeps[i].ms, &v);
        if (r.exit_code == 77) continue; /* io_uring is forbidden */
        cr_assert_eq(r.exit_code, 0, "%s", sleeps[i].kind);
        cr_assert_eq(pb_collector_read_sched(instruments.collector, &arena, &figures, &err), 0,
                     "%s", err.msg);
        int64_t ns = (int64_t)off_cpu_ns(&figures, sleeps[i].reason), wanted = sleeps[i].ms * MS;
        cr_expect(ns >= wanted - EARLY_NS && ns <= wanted + LATE_NS, "%s: %.1f ms of %ld",
                  sleeps[i].kind, (double)ns / MS, sleeps[i].ms);
        cr_expect(figures.run_queue.count > 0);
        cr_expect_eq(figures.gaps.departures_unseen, 0);
        pb_arena_release(&arena);
    }
    pb_instruments_close(&instruments);
}

/* Reads past the page cache one after the other: the reader sleeps while the device works. The
 * device may also be shared, and a request be waited for by somebody else. */
Test(trace_oracle, waiting_for_the_disk_is_the_time_of_its_requests)
{
    struct pb_instruments instruments;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_metric_values v;
    struct pb_sched_figures figures;
    if (!oracle_dir_is_on_a_disk()) cr_skip_test("the temporary folder is on no block device");
    open_or_skip(&instruments, PB_COLLECT_SCHED);
    cr_assert_eq(oracle_launch(table, &instruments, "write", 20480, &v).exit_code, 0);
    cr_assert_eq(oracle_launch(table, &instruments, "read", 20480, &v).exit_code, 0);
    cr_assert_eq(pb_collector_read_sched(instruments.collector, &arena, &figures, NULL), 0);
    double slept = (double)off_cpu_ns(&figures, "disk"),
           requests = (double)v.value[PB_M_BLOCK_WAIT];
    cr_expect(requests > 0);
    cr_expect(slept > requests * 0.3 && slept < requests * 3,
              "slept %.1f ms, requests took %.1f ms", slept / MS, requests / MS);
    pb_arena_release(&arena);
    pb_instruments_close(&instruments);
}

struct wanted {
    const char *kind;
    long amount;
    long number; /* of the system call */
    uint64_t count, errors;
};

Test(trace_oracle, system_calls_are_counted_exactly)
{
    static const struct wanted wanted[] = {
        {"unlinks", 70, SYS_unlinkat, 70, 70}, {"forks", 1000, SYS_wait4, 1000, 0},
        {"write", 512, SYS_write, 512, 0},     {"ring", 50, SYS_io_uring_enter, 50, 0},
        {"sleep", 1, SYS_execve, 1, 0},        {"sleep", 1, SYS_exit_group, 1, 0},
    };
    struct pb_instruments instruments;
    static struct pb_syscall_figures figures;
    open_or_skip(&instruments, PB_COLLECT_SYSCALLS);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const struct wanted *w = &wanted[i];
        struct pb_metric_values v;
        struct pb_launch_result r = oracle_launch(table, &instruments, w->kind, w->amount, &v);
        if (r.exit_code == 77) continue; /* io_uring is forbidden */
        cr_assert_eq(r.exit_code, 0, "%s", w->kind);
        cr_assert_eq(pb_collector_read_syscalls(instruments.collector, &figures, NULL), 0);
        cr_expect_eq(figures.syscalls[w->number].count, w->count, "%s: %llu", w->kind,
                     (unsigned long long)figures.syscalls[w->number].count);
        cr_expect_eq(figures.syscalls[w->number].errors, w->errors, "%s", w->kind);
    }
    pb_instruments_close(&instruments);
}

static double files_number(const char *operation, struct pb_syscall_figures *figures)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 20);
    struct pb_json doc = {0};
    pb_trace_syscalls_detail(figures, &text);
    cr_assert_eq(pb_json_parse(&doc, pb_buf_str(&text), "detail", NULL), 0);
    double n = pb_json_num(pb_json_get(doc.root, "files"), operation, NAN);
    pb_json_free(&doc);
    return n;
}

/* 50 files opened through a ring make no open call. */
Test(trace_oracle, files_opened_through_io_uring_count)
{
    struct pb_instruments instruments;
    struct pb_metric_values v;
    static struct pb_syscall_figures figures;
    open_or_skip(&instruments, PB_COLLECT_SYSCALLS);
    cr_assert_eq(oracle_launch(table, &instruments, "sleep", 1, &v).exit_code, 0);
    cr_assert_eq(pb_collector_read_syscalls(instruments.collector, &figures, NULL), 0);
    double without = files_number("opened", &figures);
    struct pb_launch_result r = oracle_launch(table, &instruments, "ring", 50, &v);
    if (r.exit_code != 77) {
        cr_assert_eq(pb_collector_read_syscalls(instruments.collector, &figures, NULL), 0);
        cr_expect_eq(files_number("opened", &figures), without + 50);
        cr_expect_eq(files_number("removed", &figures), 0);
    }
    pb_instruments_close(&instruments);
    if (r.exit_code == 77) cr_skip_test("io_uring is forbidden here");
}

struct seen {
    uint64_t forks, exits, execs, sleeps, runs, run_ns, sleep_ns, blocks;
    uint64_t connects, rss_peak_bytes;
    uint32_t connect_port, connect_address; /* of the latest */
};

static void look_at(const struct pb_timeline_event *e, struct seen *seen)
{
    char name[17];
    seen->forks += e->kind == PB_TIMELINE_FORK;
    seen->exits += e->kind == PB_TIMELINE_EXIT;
    seen->runs += e->kind == PB_TIMELINE_RUN;
    seen->blocks += e->kind == PB_TIMELINE_BLOCK;
    if (e->kind == PB_TIMELINE_CONNECT) {
        seen->connects++;
        seen->connect_port = e->key;
        seen->connect_address = (uint32_t)e->value;
    }
    if (e->kind == PB_TIMELINE_RUN) seen->run_ns += e->duration_ns;
    if (e->kind == PB_TIMELINE_RSS && e->value > seen->rss_peak_bytes)
        seen->rss_peak_bytes = e->value;
    if (e->kind == PB_TIMELINE_SLEEP && strcmp(pb_off_reason(e->key), "sleep") == 0)
        seen->sleep_ns += e->duration_ns;
    if (e->kind != PB_TIMELINE_NAME || !e->key) return;
    pb_timeline_name(e, name);
    cr_expect_str_eq(name, "oracle_program");
    seen->execs++;
}

static struct seen read_timeline(const char *path, uint64_t events)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_timeline_event event;
    struct seen seen = {0};
    uint64_t n = 0;
    struct pb_timeline_reader *reader = pb_timeline_open(path, &err);
    cr_assert(reader, "%s", err.msg);
    for (; pb_timeline_next(reader, &event, &err) == 1; n++)
        look_at(&event, &seen);
    cr_expect(n == events && pb_timeline_header(reader)->events == n, "%s", err.msg);
    pb_timeline_close(reader);
    return seen;
}

static struct seen take_timeline(struct pb_instruments *instruments, const char *kind, long amount)
{
    struct pb_metric_values v;
    struct pb_timeline_summary summary;
    char path[64];
    snprintf(path, sizeof path, "/tmp/oracle-timeline-%d", (int)getpid());
    cr_assert_eq(pb_collector_timeline_begin(instruments->collector, path, NULL), 0);
    cr_expect_eq(oracle_launch(table, instruments, kind, amount, &v).exit_code, 0);
    cr_assert_eq(pb_collector_timeline_end(instruments->collector, &summary, NULL), 0);
    cr_expect_eq(summary.lost, 0);
    cr_expect_eq(summary.gaps.departures_unseen, 0);
    struct seen seen = read_timeline(path, summary.events);
    unlink(path);
    return seen;
}

Test(trace_oracle, timeline_holds_every_task_and_its_stretches)
{
    struct pb_instruments instruments;
    open_or_skip(&instruments, PB_COLLECT_TIMELINE);
    struct seen forks = take_timeline(&instruments, "forks", 300);
    cr_expect_eq(forks.forks, 300);
    cr_expect_eq(forks.exits, 301);
    cr_expect_eq(forks.execs, 1);
    struct seen burn = take_timeline(&instruments, "burn", 200);
    cr_expect(burn.run_ns >= 195 * MS && burn.run_ns < 260 * MS, "%.1f ms",
              (double)burn.run_ns / MS);
    struct seen sleep = take_timeline(&instruments, "sleep", 50);
    cr_expect(sleep.sleep_ns >= 49 * MS && sleep.sleep_ns < 150 * MS, "%.1f ms",
              (double)sleep.sleep_ns / MS);
    struct seen memory = take_timeline(&instruments, "memory", 100);
    cr_expect(memory.rss_peak_bytes >= 98u << 20 && memory.rss_peak_bytes < 115u << 20, "%llu",
              (unsigned long long)memory.rss_peak_bytes);
    pb_instruments_close(&instruments);
}

Test(trace_oracle, timeline_holds_each_tcp_connection)
{
    struct pb_instruments instruments;
    struct echo_server server;
    open_or_skip(&instruments, PB_COLLECT_TIMELINE);
    cr_assert_eq(echo_server_start(&server), 0);
    struct seen tcp = take_timeline(&instruments, "tcp", server.port);
    cr_expect_eq(tcp.connects, 1);
    cr_expect_eq(tcp.connect_port, server.port);
    cr_expect_eq(tcp.connect_address, htonl(INADDR_LOOPBACK));
    struct seen udp = take_timeline(&instruments, "udp", server.port);
    cr_expect_eq(udp.connects, 0);
    echo_server_stop(&server);
    pb_instruments_close(&instruments);
}
