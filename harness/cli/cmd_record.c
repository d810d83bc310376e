/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/plan_options.h"

#include "base/clock.h"

#include <stddef.h>

struct options {
    struct pb_plan_options plan;
    const char *output;
};

static const struct pb_opt opts[] = {
    {"output", 'o', PB_OPT_STRING, offsetof(struct options, output), "SNAPSHOT", NULL,
     "folder of the snapshot; one that is there is completed", NULL, 0, 0},
    PB_PLAN_OPTIONS(struct options, plan, "30m"),
    {0},
};

static void defaults(void *out)
{
    *(struct options *)out = (struct options){.plan.timeout = "30m"};
}

static int read_options(struct pb_arena *arena, const struct options *o, struct pb_run_options *run,
                        struct pb_err *err)
{
    if (!o->output) return pb_err_set(err, PB_E_USAGE, "record: where to: use -o SNAPSHOT");
    run->rounds = 1;
    run->linger_ns = PB_NS_PER_S;
    return pb_plan_options_read(arena, &o->plan, run, err);
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
        "of them install from the snapshot alone, in the phases it shall serve (p7 needs what is "
        "added\n"
        "too). Versions that cannot be had are left out of it.\n\n"
        "  phasebench record ant-design -o snapshots/ant-design --arms plumb,bun,utoo,pnpm\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
