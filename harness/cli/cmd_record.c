/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/run_lists.h"

#include "base/clock.h"

#include <stddef.h>

struct options {
    struct pb_opt_list arms, arm, phases, phase_dirs, manager_dirs;
    const char *output, *timeout, *cache, *package;
};

static const struct pb_opt opts[] = {
    {"output", 'o', PB_OPT_STRING, offsetof(struct options, output), "SNAPSHOT", NULL,
     "folder of the snapshot; one that is there is completed", NULL, 0, 0},
    {"arms", 'a', PB_OPT_LIST, offsetof(struct options, arms), "LIST",
     "plumb,bun,utoo,pnpm as found",
     "managers that shall be able to install from it, separated by commas", NULL, 0, 0},
    {"arm", 0, PB_OPT_LIST, offsetof(struct options, arm), "SPEC", NULL,
     "one more arm: NAME=MANAGER[@VERSION][:BINARY][,KEY=VALUE...]", NULL, 0, 0},
    {"phases", 'p', PB_OPT_LIST, offsetof(struct options, phases), "LIST", "p0,p1,p3,p4",
     "phases it shall serve: p7 needs what is added too", NULL, 0, 0},
    {"package", 0, PB_OPT_STRING, offsetof(struct options, package), "NAME", NULL,
     "package that p7_add_one adds", NULL, 0, 0},
    {"timeout", 't', PB_OPT_STRING, offsetof(struct options, timeout), "T", "30m",
     "longest time of one command", NULL, 0, 0},
    {"cache", 0, PB_OPT_STRING, offsetof(struct options, cache), "DIR", "see phasebench run --help",
     "folder of fetched managers", NULL, 0, 0},
    {"phases-dir", 0, PB_OPT_LIST, offsetof(struct options, phase_dirs), "DIR", NULL,
     "folder with phase files of your own; repeatable", NULL, 0, 0},
    {"managers-dir", 0, PB_OPT_LIST, offsetof(struct options, manager_dirs), "DIR", NULL,
     "folder with manager files of your own; repeatable", NULL, 0, 0},
    {0},
};

static void defaults(void *out)
{
    *(struct options *)out = (struct options){.timeout = "30m"};
}

static int read_options(struct pb_arena *arena, const struct options *o, struct pb_run_options *run,
                        struct pb_err *err)
{
    if (!o->output) return pb_err_set(err, PB_E_USAGE, "record: where to: use -o SNAPSHOT");
    run->cache = o->cache;
    run->package = o->package;
    run->rounds = 1;
    run->linger_ns = PB_NS_PER_S;
    if (pb_read_duration("timeout", o->timeout, PB_NS_PER_MS, &run->timeout_ns, err) != 0 ||
        pb_run_list_add(arena, &o->arms, true, &run->arms, err) != 0 ||
        pb_run_list_add(arena, &o->arm, false, &run->arms, err) != 0 ||
        pb_run_list_add(arena, &o->phases, true, &run->phases, err) != 0 ||
        pb_run_list_add(arena, &o->phase_dirs, false, &run->phase_dirs, err) != 0 ||
        pb_run_list_add(arena, &o->manager_dirs, false, &run->manager_dirs, err) != 0)
        return -1;
    return 0;
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_run_options run_options = {.project = args->items[0]};
    int rc = read_options(&arena, o, &run_options, err);
    if (rc == 0) rc = pb_run_record(&run_options, o->output, err);
    pb_arena_release(&arena);
    return rc;
}

const struct pb_cmd pb_cmd_record = {
    .name = "record",
    .args = "PROJECT",
    .summary = "record a registry snapshot that a project can be installed from",
    .details =
        "Runs each manager through a recording proxy in front of npm's configured registry, until "
        "all\n"
        "of them install from the snapshot alone. Versions that cannot be had are left out of "
        "it.\n\n"
        "  phasebench record ant-design -o snapshots/ant-design --arms plumb,bun,utoo,pnpm\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
