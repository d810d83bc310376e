/* SPDX-License-Identifier: MIT */
/*
 * What the probes cost: bench_probes ROUNDS REPEATS LEVELS NAME COMMAND [ARGUMENT]... runs a
 * command without any and under each level of LEVELS ("default,sched"), in turns, and prints a row
 * of a Markdown table: for each level the median of the paired ratios to "none" and its interval,
 * of wall and of CPU time. A round has REPEATS turns, of which each level's least counts: what
 * disturbs a machine only ever adds. CPU time is the tree's, user and system: what the programs do
 * in the kernel in its name is in it. A "{n}" in an argument becomes a number of its own for each
 * run, so that no run needs another's files removed; where they would fill the disk, the shell
 * command in BENCH_AFTER_ROUND removes them. COMMAND is an absolute path.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "harness/probes/probe.h"
#include "harness/probes/trace_level.h"
#include "harness/stats/describe.h"
#include "harness/stats/paired.h"

#include <math.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NONE,
    CGROUP,
    PROCESS,
    MEMORY,
    DEFAULT,
    SCHED,
    SYSCALLS,
    TIMELINE,
    LEVELS,
    ROUNDS_MAX = 60,
    REPEATS_MAX = 20
};

/* The first after "none" are parts of "default". */
static const struct {
    const char *name;
    unsigned groups;
} levels[LEVELS] = {[NONE] = {"none", 0},
                    [CGROUP] = {"cgroup", 0},
                    [PROCESS] = {"process", PB_COLLECT_BIT(PROCESS)},
                    [MEMORY] = {"memory", PB_COLLECT_BIT(PROCESS) | PB_COLLECT_BIT(MEMORY)},
                    [DEFAULT] = {"default", PB_COLLECT_DEFAULT},
                    [SCHED] = {"sched", PB_COLLECT_DEFAULT | PB_COLLECT_BIT(SCHED)},
                    [SYSCALLS] = {"syscalls", PB_COLLECT_DEFAULT | PB_COLLECT_BIT(SYSCALLS)},
                    [TIMELINE] = {"timeline", PB_COLLECT_DEFAULT | PB_COLLECT_BIT(TIMELINE)}};

struct gate {
    struct pb_probe_set *set;
    struct pb_facts facts;
};

/* Moving the command into its cgroup takes 5 ms, and how long a machine idled just before decides
 * how forks are placed for the next 100 ms (docs/probes.md): all wait so long that it makes no
 * difference. */
#define GATE_PAUSE_NS (20 * PB_NS_PER_MS)

static int pass_gate(void *arg, pid_t pid, struct pb_err *err)
{
    struct gate *gate = arg;
    int rc = gate->facts.instruments ? pb_probe_set_gate(gate->set, &gate->facts, pid, err) : 0;
    pb_sleep_ns(GATE_PAUSE_NS);
    return rc;
}

static const char *const *number_arguments(struct pb_arena *arena, char **command, unsigned run)
{
    size_t n = 0;
    while (command[n])
        n++;
    const char **out = PB_ARENA_ARRAY(arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *at = strstr(command[i], "{n}");
        out[i] =
            at ? pb_arena_printf(arena, "%.*s%u%s", (int)(at - command[i]), command[i], run, at + 3)
               : command[i];
    }
    return out;
}

struct cost {
    double wall_ns, cpu_ns;
};

static int launch(struct gate *gate, char **command, unsigned run, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_launch_spec spec = {.argv = number_arguments(&arena, command, run),
                                  .envp = (const char *const[]){"PATH=/usr/bin:/bin", NULL},
                                  .cwd = ".",
                                  .output_path = "bench-output",
                                  .output_max_bytes = 1 << 16,
                                  .timeout_ns = 300 * PB_NS_PER_S,
                                  .linger_ns = PB_NS_PER_S,
                                  .before_exec = pass_gate,
                                  .before_exec_arg = gate};
    int rc = pb_launch_run(&spec, &gate->facts.launch, err);
    pb_arena_release(&arena);
    if (rc != 0 || gate->facts.launch.exit_code == 0) return rc;
    return pb_err_set(err, PB_E_CHILD, "%s: exit code %d: see bench-output", command[0],
                      gate->facts.launch.exit_code);
}

/* Loading the programs is not timed: a run of phasebench does it once. It leaves the machine's
 * caches otherwise than it found them, which 1,000 forks felt by 2 %, so it comes before the turns
 * without programs as well. */
static void open_level(int level, struct pb_instruments *instruments)
{
    bool has_programs = levels[level].groups != 0;
    pb_instruments_open(instruments, has_programs ? levels[level].groups : PB_COLLECT_DEFAULT);
    if (has_programs) return;
    pb_instruments_close(instruments);
    if (level == CGROUP) pb_cgroup_open(&instruments->cgroup);
}

static int begin_timeline(struct pb_instruments *instruments, struct pb_err *err)
{
    static const struct pb_trace_files files = {.timeline_path = "bench-timeline"};
    if (pb_collector_loss(instruments->collector, PB_COLLECT_TIMELINE)) return 0;
    return pb_trace_begin(instruments, PB_TRACE_TIMELINE, &files, err);
}

static int measure(int level, char **command, unsigned run, struct cost *out, struct pb_err *err)
{
    static const struct pb_probe *const all[] = {&pb_probe_cgroup, &pb_probe_bpf, &pb_probe_perf,
                                                 NULL},
                                        *const cgroup[] = {&pb_probe_cgroup, NULL};
    struct pb_instruments instruments;
    struct gate gate = {.set = pb_probe_set_new(level == CGROUP ? cgroup : all)};
    struct pb_metric_values values;
    open_level(level, &instruments);
    if (level != NONE) gate.facts.instruments = &instruments;
    if (level == TIMELINE && begin_timeline(&instruments, err) != 0) return -1;
    pb_sleep_ns(100 * PB_NS_PER_MS);
    int rc = pb_probe_set_before(gate.set, &gate.facts, err);
    if (rc == 0) rc = launch(&gate, command, run, err);
    if (level != NONE) {
        if (rc == 0) rc = pb_probe_set_after(gate.set, &gate.facts, &values, err);
        pb_instruments_close(&instruments);
    }
    const struct rusage *u = &gate.facts.launch.usage;
    out->wall_ns = (double)(gate.facts.launch.tree_exit_ns - gate.facts.launch.started_ns);
    out->cpu_ns = (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * PB_NS_PER_S +
                  (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) * 1000;
    pb_probe_set_free(gate.set);
    return rc;
}

static struct pb_paired ratios(size_t offset, int level, struct cost (*costs)[LEVELS],
                               size_t rounds)
{
    double d[ROUNDS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < rounds; i++) {
        const double *with = (const void *)((const char *)&costs[i][level] + offset),
                     *without = (const void *)((const char *)&costs[i][NONE] + offset);
        if (pb_log_ratio(*with, *without, &d[n])) n++;
    }
    return pb_paired(d, n);
}

static void print_ratio(struct pb_paired p)
{
    printf(" %+.1f %% (%.1f .. %.1f) |", 100 * pb_relative_change(p.median),
           100 * pb_relative_change(p.low), 100 * pb_relative_change(p.high));
}

struct bench {
    size_t rounds, repeats;
    int chosen[LEVELS];
    int chosen_count;
    const char *name;
    char **command;
    unsigned number; /* of the next run */
};

/* The order turns and, every other time, is reversed: nobody is always first, or always after the
 * same other one. */
static int level_at(const struct bench *b, size_t turn, int k)
{
    int n = b->chosen_count, at = turn % 2 ? n - 1 - k : k;
    return b->chosen[(at + (int)(turn / 2 % (size_t)n)) % n];
}

static int run_round(struct bench *b, size_t round, struct cost out[LEVELS], struct pb_err *err)
{
    for (size_t repeat = 0; repeat < b->repeats; repeat++)
        for (int k = 0; k < b->chosen_count; k++) {
            struct cost cost;
            int level = level_at(b, round * b->repeats + repeat, k);
            if (measure(level, b->command, b->number++, &cost, err) != 0) return -1;
            if (repeat == 0 || cost.wall_ns < out[level].wall_ns) out[level].wall_ns = cost.wall_ns;
            if (repeat == 0 || cost.cpu_ns < out[level].cpu_ns) out[level].cpu_ns = cost.cpu_ns;
        }
    return 0;
}

/* A row of a Markdown table. */
static void print_row(const struct bench *b, struct cost (*costs)[LEVELS])
{
    double wall[ROUNDS_MAX], scratch[ROUNDS_MAX];
    for (size_t i = 0; i < b->rounds; i++)
        wall[i] = costs[i][NONE].wall_ns / PB_NS_PER_S;
    printf("| %s, %.2f s | %zu |", b->name, pb_describe(wall, b->rounds, scratch).median,
           b->rounds);
    for (int k = 1; k < b->chosen_count; k++) {
        print_ratio(ratios(offsetof(struct cost, wall_ns), b->chosen[k], costs, b->rounds));
        print_ratio(ratios(offsetof(struct cost, cpu_ns), b->chosen[k], costs, b->rounds));
    }
    printf("\n");
}

static int after_round(struct pb_err *err)
{
    const char *command = getenv("BENCH_AFTER_ROUND");
    if (!command || system(command) == 0) return 0;
    return pb_err_set(err, PB_E_CHILD, "BENCH_AFTER_ROUND failed: %s", command);
}

static int run(struct bench *b, struct pb_err *err)
{
    struct cost costs[ROUNDS_MAX][LEVELS];
    for (size_t i = 0; i < 1 + b->rounds; i++) /* the first warms up */
        if (run_round(b, i, costs[i ? i - 1 : 0], err) != 0 || after_round(err) != 0) return -1;
    print_row(b, costs);
    return 0;
}

static bool choose_levels(struct bench *b, const char *list)
{
    struct pb_str rest = pb_str(list), word;
    b->chosen[b->chosen_count++] = NONE;
    while (pb_str_split(&rest, ',', &word)) {
        int level = NONE + 1;
        while (level < LEVELS && !pb_str_is(word, levels[level].name))
            level++;
        if (level == LEVELS || b->chosen_count == LEVELS) return false;
        b->chosen[b->chosen_count++] = level;
    }
    return true;
}

static void tell_losses(void)
{
    struct pb_instruments instruments;
    pb_instruments_open(&instruments, PB_COLLECT_ALL);
    const struct pb_loss *loss = pb_collector_loss(instruments.collector, PB_COLLECT_TIMELINE);
    if (loss) fprintf(stderr, "bench_probes: levels without their programs: %s\n", loss->cause);
    pb_instruments_close(&instruments);
}

int main(int argc, char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    struct bench b = {0};
    long rounds = argc > 5 ? strtol(argv[1], NULL, 10) : 0;
    long repeats = argc > 5 ? strtol(argv[2], NULL, 10) : 0;
    if (rounds < 5 || rounds > ROUNDS_MAX || repeats < 1 || repeats > REPEATS_MAX ||
        !choose_levels(&b, argv[3])) {
        fprintf(stderr,
                "usage: bench_probes ROUNDS(5..%d) REPEATS(1..%d) LEVELS NAME COMMAND "
                "[ARGUMENT]...\n",
                ROUNDS_MAX, REPEATS_MAX);
        return 2;
    }
    b.rounds = (size_t)rounds, b.repeats = (size_t)repeats;
    b.name = argv[4], b.command = argv + 5;
    signal(SIGPIPE, SIG_IGN);
    tell_losses();
    if (run(&b, &err) == 0) return 0;
    fprintf(stderr, "bench_probes: %s\n", err.msg);
    return 1;
}
