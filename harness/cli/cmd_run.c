/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/isolation_options.h"
#include "harness/cli/measuring.h"
#include "harness/cli/plan_options.h"
#include "harness/cli/results.h"
#include "harness/gate/verdict.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/term.h"
#include "harness/run/run.h"

#include <fcntl.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct options {
    struct pb_plan_options plan;
    struct pb_opt_list registries, candidates, traces;
    struct pb_isolation_options isolation;
    const char *snapshot, *out, *linger, *resume, *title;
    const char *baseline, *rules, *floor, *budget, *precision;
    long rounds, seed, trace_samples;
    bool keep, strict;
};

static const struct pb_opt opts[] = {
    PB_PLAN_OPTIONS(struct options, plan, "10m"),
    {"registry", 'r', PB_OPT_LIST, offsetof(struct options, registries), "R", "replay",
     "replay (a recorded snapshot), live (npm's configured one), a URL or LABEL=URL; repeatable",
     NULL, 0, 0},
    {"snapshot", 0, PB_OPT_STRING, offsetof(struct options, snapshot), "DIR", "by the project",
     "snapshot to replay", NULL, 0, 0},
    {"rounds", 'n', PB_OPT_LONG, offsetof(struct options, rounds), "N", "3; 10 with --baseline",
     "counted rounds after one warm-up round; with --baseline the most", NULL, 1, 1000},
    {"baseline", 'b', PB_OPT_STRING, offsetof(struct options, baseline), "ARM", NULL,
     "compare with this arm: 5 rounds, 10 where unclear, 10 more on fresh state before red", NULL,
     0, 0},
    {"candidate", 'c', PB_OPT_LIST, offsetof(struct options, candidates), "LIST", "all other arms",
     "arms to compare with the baseline, separated by commas", NULL, 0, 0},
    {"rules", 0, PB_OPT_STRING, offsetof(struct options, rules), "FILE", NULL,
     "what counts as a change, as JSON (see phasebench gate --help)", NULL, 0, 0},
    {"aa", 0, PB_OPT_STRING, offsetof(struct options, floor), "FILE", NULL,
     "what identical arms showed on this machine (phasebench doctor --aa)", NULL, 0, 0},
    {"budget", 0, PB_OPT_STRING, offsetof(struct options, budget), "T", "none",
     "time for the whole run: after it no round beyond the first five is begun", NULL, 0, 0},
    {"precision", 0, PB_OPT_STRING, offsetof(struct options, precision), "PERCENT", "none",
     "go on (to 60 rounds) until each unclear change is known to this much", NULL, 0, 0},
    {"out", 'o', PB_OPT_STRING, offsetof(struct options, out), "DIR", "phasebench-results/<time>",
     "result folder; samples are made below it, so it chooses the file system", NULL, 0, 0},
    {"resume", 0, PB_OPT_STRING, offsetof(struct options, resume), "DIR", NULL,
     "go on with the interrupted run of this result folder; needs no other option", NULL, 0, 0},
    {"linger", 0, PB_OPT_STRING, offsetof(struct options, linger), "T", "1s",
     "how long processes may outlive the command before they are killed", NULL, 0, 0},
    {"title", 0, PB_OPT_STRING, offsetof(struct options, title), "TEXT", NULL,
     "title of the reports", NULL, 0, 0},
    {"seed", 0, PB_OPT_LONG, offsetof(struct options, seed), "N", "by the time",
     "seed of the order of the arms", NULL, 0, 0},
    {"trace", 0, PB_OPT_LIST, offsetof(struct options, traces), "LIST", "none",
     "extra samples that explain and are never timed: sched, syscalls, timeline, stacks", NULL, 0,
     0},
    {"trace-samples", 0, PB_OPT_LONG, offsetof(struct options, trace_samples), "N", "1",
     "how many of each of them", NULL, 1, 100},
    PB_ISOLATION_OPTIONS(struct options, isolation),
    {"strict", 0, PB_OPT_FLAG, offsetof(struct options, strict), NULL, "no",
     "a sample that others disturbed makes its cell invalid", NULL, 0, 0},
    {"keep", 0, PB_OPT_FLAG, offsetof(struct options, keep), NULL, "no",
     "leave the work folder for a look", NULL, 0, 0},
    {0},
};

static void defaults(void *out)
{
    *(struct options *)out = (struct options){
        .plan.timeout = "10m", .linger = "1s", .seed = -1, .isolation.netns = "auto"};
}

static int read_precision(const char *text, double *out, struct pb_err *err)
{
    char *end;
    double percent = strtod(text, &end);
    if (end != text && *end == '%') end++;
    *out = log1p(percent / 100);
    if (*text && !*end && percent >= 0.1 && percent <= 100) return 0;
    return pb_err_set(err, PB_E_USAGE, "--precision %s: write a percentage from 0.1 to 100", text);
}

/* What belongs to paired rounds. */
static int read_paired(struct pb_arena *arena, const struct options *o, struct pb_run_options *run,
                       struct pb_err *err)
{
    bool asks = o->candidates.n || o->rules || o->floor || o->budget || o->precision;
    if (!run->rounds) run->rounds = !o->baseline ? 3 : o->precision ? PB_GATE_MOST : PB_GATE_FULL;
    if (!o->baseline && asks)
        return pb_err_set(err, PB_E_USAGE,
                          "--candidate, --rules, --aa, --budget and --precision: they are about "
                          "comparing with a baseline: name it with --baseline");
    run->baseline = o->baseline;
    run->rules = o->rules;
    run->floor = o->floor;
    if (o->budget && pb_read_duration("budget", o->budget, PB_NS_PER_MS, &run->budget_ns, err) != 0)
        return -1;
    if (o->precision && read_precision(o->precision, &run->precision, err) != 0) return -1;
    return pb_run_list_add(arena, &o->candidates, true, &run->candidates, err);
}

static int read_options(struct pb_arena *arena, const struct options *o, const struct pb_args *args,
                        struct pb_run_options *run, struct pb_err *err)
{
    *run = (struct pb_run_options){
        .project = args->n ? args->items[0] : NULL,
        .snapshot = o->snapshot,
        .out = o->resume ? o->resume
               : o->out  ? o->out
                         : pb_default_out(arena, ""),
        .title = o->title,
        .rounds = o->rounds,
        .trace_samples = o->trace_samples,
        .seed = o->seed >= 0 ? (uint64_t)o->seed : (uint64_t)pb_wallclock_ns(),
        .resume = o->resume != NULL,
        .keep = o->keep,
        .strict = o->strict,
        .command_line = pb_own_command_line(arena),
    };
    if (o->resume && o->out)
        return pb_err_set(err, PB_E_USAGE, "--out and --resume: give one of them");
    if (read_paired(arena, o, run, err) != 0 ||
        pb_read_duration("linger", o->linger, 0, &run->linger_ns, err) != 0 ||
        pb_run_list_add(arena, &o->registries, false, &run->registries, err) != 0 ||
        pb_run_list_add(arena, &o->traces, true, &run->traces, err) != 0 ||
        pb_run_check_traces(&run->traces, err) != 0)
        return -1;
    pb_isolation_options_read(&o->isolation, run);
    return pb_plan_options_read(arena, &o->plan, run, err);
}

static bool has_journal(struct pb_arena *arena, const char *dir)
{
    return pb_exists(AT_FDCWD, pb_arena_printf(arena, "%s/journal.jsonl", dir));
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_run_options run_options;
    struct pb_run_summary summary = {0};
    int status = -1;
    if (read_options(&arena, options, args, &run_options, err) == 0) {
        bool fresh = !has_journal(&arena, run_options.out);
        run_options.cancel = pb_catch_interrupts();
        int rc = pb_run(&run_options, &summary, err);
        if (rc == 0) {
            status = pb_results_of_folder(run_options.out, err);
            pb_info("results: %s", run_options.out);
        } else if (fresh && has_journal(&arena, run_options.out)) {
            struct pb_err ignored = PB_ERR_INIT;
            (void)!pb_results_of_folder(run_options.out, &ignored);
        }
        if (status >= 0 && summary.cancelled) status = PB_EXIT_INTERRUPTED;
    }
    pb_arena_release(&arena);
    return status;
}

const struct pb_cmd pb_cmd_run = {
    .name = "run",
    .args = "[PROJECT]",
    .summary = "measure package managers and write a result folder",
    .details =
        "PROJECT is a folder with a package.json or the name of a bundled one; without it a "
        "bundled\n"
        "synthetic fixture is installed, which needs no network. Every registry x phase x arm is\n"
        "measured in interleaved rounds; a cell whose samples do not hold shows the reason instead "
        "of\n"
        "a time. The journal of the result folder survives a kill; go on with --resume.\n\n"
        "The cache folder is --cache, $PHASEBENCH_CACHE, .cache beside the sources of a build "
        "tree,\n"
        "or $XDG_CACHE_HOME/phasebench.\n\n"
        "  phasebench run\n"
        "  phasebench run ant-design --arms plumb,bun --rounds 5 --out results\n"
        "  phasebench run ant-design --arms plumb,bun,limit    how far from the unavoidable work\n"
        "  phasebench run . --arms utoo --arm utoo-h2=utoo,UTOO_TARBALL_HTTP=h2\n"
        "  phasebench run --link 50ms:200Mbit,slow-start --fs xfs --cold-disk\n"
        "  phasebench run --arm head=plumb:./new --arm base=plumb:./old --baseline base --out r\n"
        "  phasebench run --resume results\n\n"
        "With --baseline the rounds go by the gate's rule (docs/verdict.md); ask `phasebench gate` "
        "then.\n\n"
        "Exit status: 0 all cells hold, 2 usage, 3 a cell is invalid, 5 the\n"
        "run could not be done, 130 interrupted.\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .max_args = 1,
    .run = run,
};
