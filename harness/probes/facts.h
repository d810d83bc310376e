/* SPDX-License-Identifier: MIT */
#ifndef PB_FACTS_H
#define PB_FACTS_H

#include "fixtures/registry/stats.h"
#include "harness/isolation/outside.h"
#include "harness/launch/launch.h"
#include "harness/probes/machine_state.h"
#include "harness/workspace/before_state.h"
#include "harness/workspace/inventory.h"

/* How to ask the registry what one sample did. `missing` says why it cannot be asked (a registry
 * that is not ours); the functions are NULL then. */
struct pb_registry_account {
    int (*reset)(void *arg, struct pb_err *err);
    int (*read)(void *arg, struct pb_registry_stats *out, struct pb_err *err);
    void *arg;
    const char *missing;
};

struct pb_instruments;

struct pb_lock_fact {
    bool present;
    char digest[65]; /* SHA-256 over names and content, hex */
    uint64_t bytes;
};

/* All that is known of one sample: what it ran on (set by the run), what was seen before it, and
 * what the probes found after it. Metrics and validity checks are made from this. */
struct pb_facts {
    const struct pb_workspace *ws;
    const struct pb_arm *arm;
    const struct pb_phase *phase;
    const char *registry_url;
    const struct pb_registry_account *account;
    struct pb_instruments *instruments;
    const char *package; /* that an "add" phase adds, else NULL */

    struct pb_before_state before;
    char config_leak[256];          /* settings from outside of the plan; "" when there are none */
    const char *expected_manifests; /* digest (manifests.h) of the project as given, or NULL */
    char manifests_before[65], manifests_after[65]; /* "": cannot be read */
    struct pb_lock_fact lock_before, lock_after;
    struct pb_launch_result launch;
    bool registry_counted;
    struct pb_registry_stats registry;
    struct pb_outside outside; /* attempts to reach another host */
    bool inventory_taken;
    struct pb_inventory inventory;
    bool binary_changed; /* the arm's program file is not the one the run began with */
    struct pb_machine_state idle_from; /* when our tree began to do nothing before the command */
    char disturbance[256];             /* what else the machine did meanwhile; "" when quiet */
    const char *expected_tree; /* digest of the arm's earlier samples of this cell, or NULL */
};

void pb_facts_release(struct pb_facts *facts);

#endif
