/* SPDX-License-Identifier: MIT */
/*
 * What the probes cost: bench_probes ROUNDS NAME COMMAND [ARGUMENT]... runs a command without any
 * and under each level, in turns, and prints the paired ratios to "none". A "{n}" in an argument
 * becomes a number of its own for each run, so that no run needs another's files removed.
 * COMMAND is an absolute path.
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONE, DEFAULT, SCHED, SYSCALLS, TIMELINE, LEVELS, ROUNDS_MAX = 60 };

static const struct {
    const char *name;
    unsigned groups;
} levels[LEVELS] = {[NONE] = {"none", 0},
                    [DEFAULT] = {"default", PB_COLLECT_DEFAULT},
                    [SCHED] = {"sched", PB_COLLECT_DEFAULT | PB_COLLECT_BIT(SCHED)},
                    [SYSCALLS] = {"syscalls", PB_COLLECT_DEFAULT | PB_COLLECT_BIT(SYSCALLS)},
                    [TIMELINE] = {"timeline", PB_COLLECT_DEFAULT | PB_COLLECT_BIT(TIMELINE)}};

struct gate {
    struct pb_probe_set *set;
    struct pb_facts facts;
};

static int pass_gate(void *arg, pid_t pid, struct pb_err *err)
{
    struct gate *gate = arg;
    return gate->facts.instruments ? pb_probe_set_gate(gate->set, &gate->facts, pid, err) : 0;
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

/* Loading the programs is not timed: a run of phasebench does it once. */
static int measure(int level, char **command, unsigned run, struct cost *out, struct pb_err *err)
{
    static const struct pb_probe *const table[] = {&pb_probe_cgroup, &pb_probe_bpf, &pb_probe_perf,
                                                   NULL};
    struct pb_instruments instruments;
    struct gate gate = {.set = pb_probe_set_new(table)};
    struct pb_metric_values values;
    if (level != NONE) {
        pb_instruments_open(&instruments, levels[level].groups);
        gate.facts.instruments = &instruments;
        const struct pb_loss *loss = pb_collector_loss(instruments.collector, PB_COLLECT_TIMELINE);
        if (level == TIMELINE && !loss &&
            pb_trace_begin(&instruments, PB_TRACE_TIMELINE, "bench-timeline", err) != 0)
            return -1;
    }
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

static void print_level(const char *name, int level, struct cost (*costs)[LEVELS], size_t rounds)
{
    double wall[ROUNDS_MAX], d_wall[ROUNDS_MAX], d_cpu[ROUNDS_MAX], scratch[ROUNDS_MAX];
    size_t n_cpu = 0;
    for (size_t i = 0; i < rounds; i++) {
        wall[i] = costs[i][level].wall_ns / PB_NS_PER_MS;
        d_wall[i] = log(costs[i][level].wall_ns / costs[i][NONE].wall_ns);
        if (pb_log_ratio(costs[i][level].cpu_ns, costs[i][NONE].cpu_ns, &d_cpu[n_cpu])) n_cpu++;
    }
    struct pb_description ms = pb_describe(wall, rounds, scratch);
    struct pb_paired w = pb_paired(d_wall, rounds), c = pb_paired(d_cpu, n_cpu);
    printf("%-10s %-9s %9.1f %9.1f  %+6.1f %%  %+6.1f .. %+6.1f %%  %+6.1f %%\n", name,
           levels[level].name, ms.median, ms.min, 100 * pb_relative_change(w.median),
           100 * pb_relative_change(w.low), 100 * pb_relative_change(w.high),
           100 * pb_relative_change(c.median));
}

static int run(size_t rounds, const char *name, char **command, struct pb_err *err)
{
    struct cost costs[ROUNDS_MAX][LEVELS];
    unsigned number = 0;
    for (int warm_up = 1; warm_up >= 0; warm_up--) {
        for (size_t i = 0; i < (warm_up ? 1 : rounds); i++)
            for (int k = 0; k < LEVELS; k++) {
                int level = (int)((i + (size_t)k) % LEVELS); /* nobody is always first */
                if (measure(level, command, number++, &costs[i][level], err) != 0) return -1;
            }
    }
    for (int level = 0; level < LEVELS; level++)
        print_level(name, level, costs, rounds);
    return 0;
}

int main(int argc, char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    long rounds = argc > 3 ? strtol(argv[1], NULL, 10) : 0;
    if (rounds < 5 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_probes ROUNDS(5..%d) NAME COMMAND [ARGUMENT]...\n",
                ROUNDS_MAX);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    struct pb_instruments instruments;
    pb_instruments_open(&instruments, PB_COLLECT_ALL);
    const struct pb_loss *loss = pb_collector_loss(instruments.collector, PB_COLLECT_TIMELINE);
    if (loss) fprintf(stderr, "bench_probes: levels without their programs: %s\n", loss->cause);
    pb_instruments_close(&instruments);
    if (run((size_t)rounds, argv[2], argv + 3, &err) == 0) return 0;
    fprintf(stderr, "bench_probes: %s\n", err.msg);
    return 1;
}
