/* SPDX-License-Identifier: MIT */
#ifndef PB_LEG_H
#define PB_LEG_H

#include "base/arena.h"
#include "harness/probes/facts.h"
#include "harness/run/isolation.h"

/*
 * A leg: one registry that the whole set of phases is measured against. "replay" is our own server
 * on the run's snapshot, in a process of its own; "live" is the registry of npm's configuration;
 * else a URL, or LABEL=URL. Only a replayed registry can say what a sample did.
 */
struct pb_leg {
    const char *label, *url; /* url: set by start, ends with a slash */
    bool replayed;
    struct pb_registry_account account;
    struct pb_serve_client *server;         /* of a replayed one, while started */
    const struct pb_namespaces *namespaces; /* that the commands run in; NULL: ours */
    int outside_fd; /* sees attempts to reach other hosts (pb_outside_read), or -1 */
};

/* Reads the text; nothing is started. */
int pb_leg_make(struct pb_arena *arena, const char *text, struct pb_leg *out,
                struct pb_err *err) PB_MUST_CHECK;
/* `place`: where a replayed registry and its commands live; what it points to outlives the leg. */
int pb_leg_start(struct pb_arena *arena, struct pb_leg *leg, const char *snapshot_dir,
                 const struct pb_leg_place *place, struct pb_err *err) PB_MUST_CHECK;
void pb_leg_stop(struct pb_leg *leg);

#endif
