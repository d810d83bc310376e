/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/flame_files.h"
#include "harness/cli/measuring.h"
#include "harness/cli/plan_options.h"

#include "base/fs.h"
#include "base/term.h"
#include "harness/plan/phase.h"
#include "reports/trace/trace_rounds.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define SVG_MAX_BYTES ((size_t)64 << 20)

struct options {
    struct pb_plan_options plan;
    struct pb_opt_list registries;
    const char *arm, *phase, *snapshot, *out, *from, *output, *flame, *svg;
    long rounds;
};

static const struct pb_opt opts[] = {
    {"arm", 'a', PB_OPT_STRING, offsetof(struct options, arm), "SPEC", NULL,
     "what to trace: NAME[@VERSION] or NAME=MANAGER[@VERSION][:BINARY][,KEY=VALUE...]", NULL, 0, 0},
    {"phase", 'p', PB_OPT_STRING, offsetof(struct options, phase), "PHASE", NULL,
     "in which phase (see phasebench list phases)", NULL, 0, 0},
    PB_PLAN_OPTION("package", 0, STRING, offsetof(struct options, plan.package), "NAME", NULL,
                   "package that p7_add_one adds"),
    PB_PLAN_OPTION("timeout", 't', STRING, offsetof(struct options, plan.timeout), "T", "10m",
                   "longest time of one command"),
    PB_PLAN_OPTION("cache", 0, STRING, offsetof(struct options, plan.cache), "DIR",
                   "see phasebench run --help", "folder of fetched managers and snapshots"),
    PB_PLAN_OPTION("phases-dir", 0, LIST, offsetof(struct options, plan.phase_dirs), "DIR", NULL,
                   "folder with phase files of your own"),
    PB_PLAN_OPTION("managers-dir", 0, LIST, offsetof(struct options, plan.manager_dirs), "DIR",
                   NULL, "folder with manager files of your own"),
    {"registry", 'r', PB_OPT_LIST, offsetof(struct options, registries), "R", "replay",
     "replay, live, or a URL", NULL, 0, 0},
    {"snapshot", 0, PB_OPT_STRING, offsetof(struct options, snapshot), "DIR", "by the project",
     "snapshot folder of the replayed registry", NULL, 0, 0},
    {"rounds", 'n', PB_OPT_LONG, offsetof(struct options, rounds), "N", "3",
     "samples to choose the median and the worst from", NULL, 1, 100},
    {"out", 0, PB_OPT_STRING, offsetof(struct options, out), "DIR",
     "phasebench-results/trace-<time>", "result folder of the run", NULL, 0, 0},
    {"from", 0, PB_OPT_STRING, offsetof(struct options, from), "DIR", NULL,
     "run nothing: take the timelines of this result folder", NULL, 0, 0},
    {"output", 'o', PB_OPT_STRING, offsetof(struct options, output), "FILE", "trace.json",
     "the trace, for Perfetto or chrome://tracing", NULL, 0, 0},
    {"flame", 0, PB_OPT_STRING, offsetof(struct options, flame), "PREFIX", NULL,
     "also flame graphs of the functions, PREFIX-cpu.svg and PREFIX-off-cpu.svg, and of the waits "
     "by reason, PREFIX-waits.svg; their stacks as .folded",
     NULL, 0, 0},
    {"svg", 0, PB_OPT_STRING, offsetof(struct options, svg), "FILE", NULL,
     "also a picture of both rounds, for a page or a mail", NULL, 0, 0},
    {0},
};

static void defaults(void *out)
{
    *(struct options *)out =
        (struct options){.plan.timeout = "10m", .output = "trace.json", .rounds = 3};
}

/* A timed round comes along: it shows what tracing adds. */
static int measure(struct pb_arena *arena, const struct options *o, const struct pb_args *args,
                   const char *dir, struct pb_err *err)
{
    struct pb_run_summary summary;
    struct pb_run_options run = {
        .project = args->n ? args->items[0] : NULL,
        .snapshot = o->snapshot,
        .out = dir,
        .rounds = 1,
        .trace_samples = o->rounds,
        .traces = {.items = {"timeline", "stacks"}, .n = o->flame ? 2 : 1},
        .arms = {.items = {o->arm}, .n = 1},
        .phases = {.items = {o->phase}, .n = 1},
        .linger_ns = (int64_t)1000000000,
        .seed = 1,
        .command_line = pb_own_command_line(arena),
    };
    if (pb_run_list_add(arena, &o->registries, false, &run.registries, err) != 0 ||
        pb_plan_options_read(arena, &o->plan, &run, err) != 0)
        return -1;
    run.cancel = pb_catch_interrupts();
    return pb_run(&run, &summary, err);
}

static int write_trace(const char *path, const struct pb_trace_rounds *rounds, struct pb_err *err)
{
    PB_AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return pb_err_sys(err, errno, "write the trace %s", path);
    return pb_trace_rounds_write(rounds, fd, err);
}

static int write_picture(const char *path, const struct pb_trace_rounds *rounds, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf svg = PB_BUF_INIT(SVG_MAX_BYTES);
    if (pb_trace_rounds_picture(rounds, &svg, err) != 0) return -1;
    return pb_write_file_atomic(AT_FDCWD, path, pb_buf_str(&svg), 0666, err);
}

static void tell(const struct options *o, const struct pb_trace_rounds *rounds)
{
    for (size_t i = 0; i < rounds->n; i++)
        if (rounds->items[i].lost > 0)
            pb_warn("%s round: %.0f events were lost: the machine was too busy to keep them",
                    rounds->items[i].label, rounds->items[i].lost);
    pb_info("trace: %s: open it at ui.perfetto.dev (it stays in the browser) or chrome://tracing",
            o->output);
}

static int write_timelines(const struct options *o, const struct pb_trace_rounds *rounds,
                           struct pb_err *err)
{
    int rc = write_trace(o->output, rounds, err);
    if (rc == 0 && o->svg) rc = write_picture(o->svg, rounds, err);
    if (rc == 0) tell(o, rounds);
    return rc;
}

/* Timelines and stacks need different privileges: where flame graphs are asked for, either will
 * do, and what is missing is told. */
static int write_all(struct pb_arena *arena, const struct options *o, const char *dir,
                     const struct pb_journal_data *journal, struct pb_err *err)
{
    struct pb_trace_rounds rounds;
    struct pb_stack_samples stacks;
    struct pb_err no_stacks = PB_ERR_INIT;
    const char *arm = pb_arena_cstr(arena, pb_strn(o->arm, strcspn(o->arm, "=")));
    bool has_rounds = pb_trace_rounds_find(arena, journal, dir, arm, o->phase, &rounds, err) == 0;
    bool has_stacks = o->flame && pb_stack_samples_find(arena, journal, dir, arm, o->phase, &stacks,
                                                        &no_stacks) == 0;
    if (!has_rounds && (!has_stacks || o->svg)) return -1;
    if (!has_rounds) {
        pb_warn("%s", err->msg);
        pb_err_clear(err);
    } else if (write_timelines(o, &rounds, err) != 0) {
        return -1;
    }
    if (!o->flame) return 0;
    if (!has_stacks) pb_warn("no flame graphs of functions: %s", no_stacks.msg);
    return pb_flame_files_write(arena, o->flame, has_stacks ? &stacks : NULL,
                                has_rounds ? &rounds : NULL, err);
}

static int report(struct pb_arena *arena, const struct options *o, const char *dir,
                  struct pb_err *err)
{
    struct pb_journal_data journal;
    int rc = pb_journal_read(dir, &journal, err);
    if (rc == 0) rc = write_all(arena, o, dir, &journal, err);
    pb_journal_data_release(&journal);
    return rc;
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    struct pb_arena arena = PB_ARENA_INIT;
    int rc = -1;
    if (!o->arm || !o->phase) {
        pb_err_set(err, PB_E_USAGE, "trace: --arm and --phase: name what shall be traced");
    } else {
        const char *dir = o->from ? o->from : o->out ? o->out : pb_default_out(&arena, "trace-");
        rc = o->from ? 0 : measure(&arena, o, args, dir, err);
        if (rc == 0) rc = report(&arena, o, dir, err);
    }
    pb_arena_release(&arena);
    return rc;
}

const struct pb_cmd pb_cmd_trace = {
    .name = "trace",
    .args = "[PROJECT]",
    .summary = "show what every process, request and disk access did, over time",
    .details =
        "Takes samples of one arm in one phase with a timeline (which needs root or cap_bpf and\n"
        "cap_perfmon: see phasebench doctor) and writes the median and the worst of them, side by\n"
        "side, as a trace: threads on and off the CPU with the reason, the registry's requests by\n"
        "connection, disk requests, memory, and the installer's own stages where it tells them.\n"
        "--flame takes as many samples of stacks (by perf events, without BPF) and shows in which\n"
        "functions they ran and waited.\n\n"
        "  phasebench trace --arm plumb --phase p3 -o p3.json --flame p3\n"
        "  phasebench trace ant-design --arm bun --phase p4\n"
        "  phasebench trace --from results --arm plumb --phase p3 --svg p3.svg\n\n"
        "Exit status: 0 written, 2 usage, 5 there is neither a timeline nor, with --flame, "
        "stacks.\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .max_args = 1,
    .run = run,
};
