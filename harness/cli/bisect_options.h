/* SPDX-License-Identifier: MIT */
#ifndef PB_BISECT_OPTIONS_H
#define PB_BISECT_OPTIONS_H

#include "harness/bisect/bisect.h"
#include "harness/cli/plan_options.h"

#include <stddef.h>

/* What the commands of `phasebench bisect` have in common. */

struct pb_bisect_options {
    const char *good, *bad, *build, *binary, *repository; /* of commits */
    const char *manager, *phase, *metric, *project, *snapshot, *out, *resume, *timeout, *cache,
        *package;
    struct pb_opt_list phase_dirs, manager_dirs;
    long rounds;
};

#define PB_BISECT_ROW(name_, key_, kind_, member_, arg_, def_, help_)                              \
    {                                                                                              \
        .name = (name_), .key = (key_), .kind = PB_OPT_##kind_,                                    \
        .offset = offsetof(struct pb_bisect_options, member_), .arg = (arg_), .def = (def_),       \
        .help = (help_)                                                                            \
    }
#define PB_BISECT_MEASURING                                                                        \
    PB_BISECT_ROW("manager", 'm', STRING, manager, "NAME", "plumb",                                \
                  "manager that the programs are of"),                                             \
        PB_BISECT_ROW("phase", 'p', STRING, phase, "PHASE", "p1", "phase in which it is slower"),  \
        PB_BISECT_ROW("metric", 0, STRING, metric, "NAME", "wall_ns",                              \
                      "what got worse; counted ones (requests_metadata) need one round only"),     \
        PB_BISECT_ROW("project", 0, STRING, project, "DIR", "the synthetic one",                   \
                      "project to install"),                                                       \
        PB_BISECT_ROW("snapshot", 0, STRING, snapshot, "DIR", "by the project",                    \
                      "snapshot to replay"),                                                       \
        PB_BISECT_ROW("package", 0, STRING, package, "NAME", NULL,                                 \
                      "package that p7_add_one adds"),                                             \
        {.name = "rounds",                                                                         \
         .key = 'n',                                                                               \
         .kind = PB_OPT_LONG,                                                                      \
         .offset = offsetof(struct pb_bisect_options, rounds),                                     \
         .arg = "N",                                                                               \
         .def = "30",                                                                              \
         .help = "most rounds for one program; then it is undecided",                              \
         .min = 10,                                                                                \
         .max = 60},                                                                               \
        PB_BISECT_ROW("timeout", 't', STRING, timeout, "T", "10m", "longest time of one install"), \
        PB_BISECT_ROW("cache", 0, STRING, cache, "DIR", "see phasebench run --help",               \
                      "cache folder"),                                                             \
        PB_BISECT_ROW("phases-dir", 0, LIST, phase_dirs, "DIR", NULL,                              \
                      "folder with phase files of your own"),                                      \
        PB_BISECT_ROW("managers-dir", 0, LIST, manager_dirs, "DIR", NULL,                          \
                      "folder with manager files of your own"),                                    \
        PB_BISECT_ROW("resume", 0, STRING, resume, "DIR", NULL,                                    \
                      "go on with the interrupted search of this folder; needs no other option")

void pb_bisect_defaults(void *options);

/* The real path, in the arena; NULL: an error. */
const char *pb_bisect_real_path(struct pb_arena *arena, const char *path, struct pb_err *err);
/* Begins a search in a new folder, by what both kinds of search take. */
int pb_bisect_begin(struct pb_arena *arena, const struct pb_bisect_options *o, const char *dir,
                    struct pb_bisect *out, struct pb_err *err) PB_MUST_CHECK;
/* Reads the search of a folder; from then on an interruption stops it. */
int pb_bisect_open(struct pb_arena *arena, const char *dir, struct pb_bisect *out,
                   struct pb_err *err) PB_MUST_CHECK;
/* The exit status of a search that came to this; -1: the error is to be shown. */
int pb_bisect_status(struct pb_err *err, int rc);

#define PB_BISECT_STATUSES                                                                         \
    "Exit status: 1 found, 2 usage, 4 undecided or the ends do not differ, 5 it could not be "     \
    "done,\n130 interrupted.\n"

#endif
