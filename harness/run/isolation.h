/* SPDX-License-Identifier: MIT */
#ifndef PB_RUN_ISOLATION_H
#define PB_RUN_ISOLATION_H

#include "base/arena.h"
#include "harness/isolation/netns.h"
#include "harness/journal/journal.h"
#include "harness/run/run.h"

/*
 * What the samples of a run are kept apart from, by its options and by what is permitted here. The
 * notes say what came of each option, for the journal; what differs between two notes' states makes
 * their runs incomparable, so the states are part of the policy hash.
 */
struct pb_isolation_note {
    const char *key, *state; /* "network", "private" */
    const char *why;         /* or NULL */
};

struct pb_run_isolation {
    struct pb_netns netns;
    bool has_netns;
    struct pb_isolation_note notes[8];
    size_t note_count;
};

/* Sets up what the options ask for. `replays`: a registry of ours is measured, which can be in a
 * private network. `out` must be released, also after a failure. Strings live in the arena. */
int pb_run_isolation_begin(struct pb_arena *arena, const struct pb_run_options *options,
                           bool replays, struct pb_run_isolation *out,
                           struct pb_err *err) PB_MUST_CHECK;
void pb_run_isolation_end(struct pb_run_isolation *isolation);

#endif
