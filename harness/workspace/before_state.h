/* SPDX-License-Identifier: MIT */
#ifndef PB_BEFORE_STATE_H
#define PB_BEFORE_STATE_H

#include "harness/workspace/workspace.h"

/* What is really there just before a command starts, by looking. */
struct pb_before_state {
    bool lockfile;                   /* one of the arm's own lockfiles */
    bool node_modules;               /* any node_modules folder in the project */
    bool store, metadata, home, tmp; /* files in them */
};

int pb_before_state_look(const struct pb_workspace *ws, const struct pb_arm *arm,
                         const char *registry_url, struct pb_before_state *out,
                         struct pb_err *err) PB_MUST_CHECK;

/* Writes what contradicts the phase into `reason`; returns whether all is as declared. */
bool pb_before_state_holds(const struct pb_before_state *state, const struct pb_phase *phase,
                           char reason[256]);

#endif
