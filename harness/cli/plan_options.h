/* SPDX-License-Identifier: MIT */
#ifndef PB_PLAN_OPTIONS_H
#define PB_PLAN_OPTIONS_H

#include "base/arena.h"
#include "base/opt.h"
#include "harness/run/run.h"

#include <stddef.h>

/* What run, record and doctor have in common: which arms, which phases, and for how long. A command
 * has a struct pb_plan_options in its options and PB_PLAN_OPTIONS in its table. */
struct pb_plan_options {
    struct pb_opt_list arms, arm, phases, phase_dirs, manager_dirs;
    const char *timeout, *cache, *package;
};

#define PB_PLAN_OPTION(name_, key_, kind_, offset_, arg_, def_, help_)                             \
    {                                                                                              \
        .name = (name_), .key = (key_), .kind = PB_OPT_##kind_, .offset = (offset_),               \
        .arg = (arg_), .def = (def_), .help = (help_)                                              \
    }

/* Rows of an option table for `member` of `type`; `timeout_` is the command's own default. */
#define PB_PLAN_OPTIONS(type, member, timeout_)                                                    \
    PB_PLAN_OPTION("arms", 'a', LIST, offsetof(type, member.arms), "LIST",                         \
                   "plumb,bun,utoo,pnpm as found",                                                 \
                   "managers, separated by commas; NAME@VERSION is one of the fetched"),           \
        PB_PLAN_OPTION("arm", 0, LIST, offsetof(type, member.arm), "SPEC", NULL,                   \
                       "one more arm: NAME=MANAGER[@VERSION][:BINARY][,KEY=VALUE...]"),            \
        PB_PLAN_OPTION("phases", 'p', LIST, offsetof(type, member.phases), "LIST", "p0,p1,p3,p4",  \
                       "phases, separated by commas (see phasebench list phases)"),                \
        PB_PLAN_OPTION("package", 0, STRING, offsetof(type, member.package), "NAME", NULL,         \
                       "package that p7_add_one adds"),                                            \
        PB_PLAN_OPTION("timeout", 't', STRING, offsetof(type, member.timeout), "T", timeout_,      \
                       "longest time of one command (500ms, 30s, 10m)"),                           \
        PB_PLAN_OPTION("cache", 0, STRING, offsetof(type, member.cache), "DIR",                    \
                       "see phasebench run --help", "folder of fetched managers and snapshots"),   \
        PB_PLAN_OPTION("phases-dir", 0, LIST, offsetof(type, member.phase_dirs), "DIR", NULL,      \
                       "folder with phase files of your own"),                                     \
        PB_PLAN_OPTION("managers-dir", 0, LIST, offsetof(type, member.manager_dirs), "DIR", NULL,  \
                       "folder with manager files of your own")

/* Puts them into the run's options; the strings live in the arena or are borrowed. */
int pb_plan_options_read(struct pb_arena *arena, const struct pb_plan_options *from,
                         struct pb_run_options *to, struct pb_err *err) PB_MUST_CHECK;

/* Adds the items of a repeated option; `split`: each is a list with commas itself. */
int pb_run_list_add(struct pb_arena *arena, const struct pb_opt_list *from, bool split,
                    struct pb_run_list *to, struct pb_err *err) PB_MUST_CHECK;

int pb_read_duration(const char *option, const char *text, int64_t least_ns, int64_t *out,
                     struct pb_err *err) PB_MUST_CHECK;

#endif
