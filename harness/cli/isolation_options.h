/* SPDX-License-Identifier: MIT */
#ifndef PB_ISOLATION_OPTIONS_H
#define PB_ISOLATION_OPTIONS_H

#include "base/opt.h"
#include "harness/isolation/scratch_fs.h"
#include "harness/run/run.h"

#include <stddef.h>

/* What the samples of a command are kept apart from (docs/isolation.md). A command has a struct
 * pb_isolation_options in its options and PB_ISOLATION_OPTIONS in its table. */
struct pb_isolation_options {
    const char *server, *netns, *link, *fs, *pin;
    bool cold_disk;
};

static const char *const pb_server_choices[] = {"embedded", "nginx", NULL};
static const char *const pb_netns_choices[] = {"auto", "on", "off", NULL};

/* Rows of an option table for `member` of `type`. */
#define PB_ISOLATION_OPTIONS(type, member)                                                         \
    {.name = "server",                                                                             \
     .kind = PB_OPT_CHOICE,                                                                        \
     .offset = offsetof(type, member.server),                                                      \
     .arg = "PROGRAM",                                                                             \
     .def = "embedded",                                                                            \
     .help = "what serves the replayed registry: embedded or nginx",                               \
     .choices = pb_server_choices},                                                                \
        {.name = "netns",                                                                          \
         .kind = PB_OPT_CHOICE,                                                                    \
         .offset = offsetof(type, member.netns),                                                   \
         .arg = "WHEN",                                                                            \
         .def = "auto",                                                                            \
         .help =                                                                                   \
             "measure in a private network in which only the replayed registry is: auto (where "   \
             "permitted), on (or the run fails) or off",                                           \
         .choices = pb_netns_choices},                                                             \
        {.name = "link",                                                                           \
         .kind = PB_OPT_STRING,                                                                    \
         .offset = offsetof(type, member.link),                                                    \
         .arg = "RTT:RATE",                                                                        \
         .help = "emulate a link to the replayed registry: 50ms:200Mbit; with ,slow-start "        \
                 "connections begin slowly"},                                                      \
        {.name = "fs",                                                                             \
         .kind = PB_OPT_CHOICE,                                                                    \
         .offset = offsetof(type, member.fs),                                                      \
         .arg = "KIND",                                                                            \
         .def = "that of --out",                                                                   \
         .help = "make a fresh file system for the samples (root)",                                \
         .choices = pb_scratch_fs_kinds},                                                          \
        {.name = "pin",                                                                            \
         .kind = PB_OPT_STRING,                                                                    \
         .offset = offsetof(type, member.pin),                                                     \
         .arg = "CPUS",                                                                            \
         .def = "all",                                                                             \
         .help = "processors that the measured commands may use, like 0-1,3"},                     \
    {                                                                                              \
        .name = "cold-disk", .kind = PB_OPT_FLAG, .offset = offsetof(type, member.cold_disk),      \
        .def = "no", .help = "drop the machine's page cache before each sample (root)"             \
    }

static inline void pb_isolation_options_read(const struct pb_isolation_options *from,
                                             struct pb_run_options *to)
{
    to->server = from->server;
    to->netns = from->netns;
    to->link = from->link;
    to->fs = from->fs;
    to->pin = from->pin;
    to->cold_disk = from->cold_disk;
}

#endif
