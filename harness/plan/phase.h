/* SPDX-License-Identifier: MIT */
#ifndef PB_PHASE_H
#define PB_PHASE_H

#include "base/arena.h"
#include "base/err.h"

/*
 * A phase, from phases/<key>.json: the declared state before, an action, and what must hold after.
 * Example:
 *   { "key": "p4_warm_link", "title": "warm link", "default": true,
 *     "before": { "lockfile": "seeded", "metadata": "kept", "store": "kept", "node_modules":
 * "absent" }, "action": "install", "checks": ["lock_unchanged", "tree_complete",
 * "no_tarball_fetched"] } States: absent | seeded (lockfile) | kept | present (node_modules).
 * "lockfile absent with metadata kept" is refused. Unknown keys, states, actions and check names
 * are errors with file:line.
 */
enum pb_state { PB_STATE_ABSENT, PB_STATE_SEEDED, PB_STATE_KEPT, PB_STATE_PRESENT };
enum pb_action { PB_ACTION_INSTALL, PB_ACTION_RESOLVE, PB_ACTION_ADD };

struct pb_phase {
    const char *key, *title, *file;
    bool is_default;
    enum pb_state lockfile, metadata, store, node_modules;
    bool second_project; /* another project sharing the store (p6) */
    enum pb_action action;
    const char *checks[32];
    size_t check_count;
};

/* All *.json of the built-in folder and of `extra_dirs` (NULL-terminated, may be NULL; a later one
 * of the same key replaces), sorted by key. `is_check` says which check names exist (NULL: all do).
 */
int pb_phases_load(struct pb_arena *arena, const char *const *extra_dirs,
                   bool (*is_check)(const char *name), struct pb_phase **out, size_t *n,
                   struct pb_err *err) PB_MUST_CHECK;
/* By full key or by the part before the first '_' ("p4"). NULL when there is none. */
const struct pb_phase *pb_phase_find(const struct pb_phase *phases, size_t n, const char *key);

#endif
