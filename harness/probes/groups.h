/* SPDX-License-Identifier: MIT */
#ifndef PB_PROBE_GROUPS_H
#define PB_PROBE_GROUPS_H

#include "base/arena.h"

/*
 * What this machine lets us measure. A group is a set of figures that are there or lost together,
 * because they need the same facility of the kernel and the same privilege.
 */
enum pb_group_level {
    PB_GROUP_ALWAYS,  /* needs no privilege */
    PB_GROUP_DEFAULT, /* in every sample, where the machine allows it */
    PB_GROUP_TRACE    /* only in extra samples that never count as timing */
};
const char *pb_group_level_name(enum pb_group_level level);

struct pb_probe_group {
    const char *name;
    const char *gives; /* its figures, in a few words */
    enum pb_group_level level;
    bool available;
    const char *cause, *cure; /* of the loss, one line each; NULL when available */
};

/* Tries each group for real (where BPF is allowed: loads and attaches the programs, some 50 ms) and
 * undoes it. Needs no privilege and cannot fail: what does not work is a lost group. The array and
 * its texts live in the arena. */
size_t pb_probe_groups(struct pb_arena *arena, const struct pb_probe_group **out);

#endif
