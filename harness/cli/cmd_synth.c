/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"

#include "fixtures/synth/synth.h"

#include <stddef.h>
#include <stdio.h>

struct options {
    const char *output, *name;
    long packages, files, seed;
};

static const struct pb_opt opts[] = {
    {.name = "output",
     .key = 'o',
     .kind = PB_OPT_STRING,
     .offset = offsetof(struct options, output),
     .arg = "SNAPSHOT",
     .help = "folder to make"},
    {.name = "packages",
     .kind = PB_OPT_LONG,
     .offset = offsetof(struct options, packages),
     .arg = "N",
     .def = "300",
     .help = "packages in the registry",
     .min = PB_SYNTH_PACKAGES_MIN,
     .max = PB_SYNTH_PACKAGES_MAX},
    {.name = "files",
     .kind = PB_OPT_LONG,
     .offset = offsetof(struct options, files),
     .arg = "N",
     .def = "8000",
     .help = "files in the installed tree, about",
     .min = 0,
     .max = 10000000},
    {.name = "seed",
     .kind = PB_OPT_LONG,
     .offset = offsetof(struct options, seed),
     .arg = "N",
     .def = "1",
     .help = "another seed gives another registry",
     .min = 0,
     .max = 2147483647},
    {.name = "name",
     .kind = PB_OPT_STRING,
     .offset = offsetof(struct options, name),
     .arg = "NAME",
     .def = "synth-<packages>-<seed>",
     .help = "name of the snapshot"},
    {0},
};

static void defaults(void *out)
{
    *(struct options *)out = (struct options){.packages = 300, .files = 8000, .seed = 1};
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    struct pb_synth_report report;
    (void)args;
    if (!o->output) return pb_err_set(err, PB_E_USAGE, "synth: no output folder: give one with -o");
    const struct pb_synth_plan plan = {.dir = o->output,
                                       .name = o->name,
                                       .packages = (uint32_t)o->packages,
                                       .files = (uint32_t)o->files,
                                       .seed = (uint64_t)o->seed};
    if (pb_synth(&plan, &report, err) != 0) return -1;
    printf("%s: %ld packages, %llu versions, %llu MB of tarballs; an install takes about %llu "
           "packages, %llu files, %llu MB\n",
           o->output, o->packages, (unsigned long long)report.versions,
           (unsigned long long)(report.tarball_bytes / 1000000),
           (unsigned long long)report.reached_versions, (unsigned long long)report.reached_files,
           (unsigned long long)(report.reached_bytes / 1000000));
    return 0;
}

const struct pb_cmd pb_cmd_synth = {
    .name = "synth",
    .args = "",
    .summary = "make a registry snapshot and a project from a seed",
    .details = "The same numbers give the same bytes on every machine. The project is written to\n"
               "SNAPSHOT/project.\n\n"
               "  phasebench synth -o /tmp/registry --packages 1000\n"
               "  phasebench serve /tmp/registry\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .max_args = 0,
    .run = run,
};
