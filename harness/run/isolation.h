/* SPDX-License-Identifier: MIT */
#ifndef PB_RUN_ISOLATION_H
#define PB_RUN_ISOLATION_H

#include "base/arena.h"
#include "harness/isolation/link_line.h"
#include "harness/isolation/netns.h"
#include "harness/isolation/scratch_fs.h"
#include "harness/run/run.h"

#include <sched.h>

/*
 * What the samples of a run are kept apart from, by its options and by what is permitted here. The
 * notes say what came of each option, for the journal; where the states of two runs differ, they
 * must not be compared, so the states are part of the policy hash.
 */
struct pb_isolation_note {
    const char *key, *state; /* "network", "private" */
    const char *why;         /* or NULL */
};

struct pb_run_isolation {
    struct pb_netns netns;    /* while has_netns */
    struct pb_link_line line; /* while has_line: then it has the namespaces */
    struct pb_scratch_fs scratch;
    cpu_set_t cpus;             /* of the commands, while pinned */
    const char *server_link;    /* that the registry server emulates instead of the line, or NULL */
    const char *server_program; /* that replays, as of --server; NULL: our own */
    bool has_netns, has_line, pinned, cold_disk;
    struct pb_isolation_note notes[8];
    size_t note_count;
};

/* Where the registry and the commands of a replayed leg live. */
struct pb_leg_place {
    const struct pb_namespaces *server, *commands; /* NULL: ours */
    const char *host;                              /* that the server listens at; NULL: loopback */
    const char *link;                              /* that the server emulates, or NULL */
    const char *server_program;                    /* as of --server; NULL: our own */
    int outside_fd;                                /* for pb_outside_read, or -1 */
};

/* Sets up what the options ask for. `replays`: a registry of ours is measured, the only kind that
 * can be in a private network. `work_dir`: the folder, made if need be, below which the samples
 * will be. `out` must be ended, also after a failure. Strings live in the arena. */
int pb_run_isolation_begin(struct pb_arena *arena, const struct pb_run_options *options,
                           bool replays, const char *work_dir, struct pb_run_isolation *out,
                           struct pb_err *err) PB_MUST_CHECK;
struct pb_leg_place pb_run_isolation_place(const struct pb_run_isolation *isolation);
/* Before a sample: the link still works. */
int pb_run_isolation_check(struct pb_run_isolation *isolation, struct pb_err *err) PB_MUST_CHECK;
void pb_run_isolation_end(struct pb_run_isolation *isolation);

#endif
