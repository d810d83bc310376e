/* SPDX-License-Identifier: MIT */
#ifndef PB_PROBE_GROUPS_H
#define PB_PROBE_GROUPS_H

#include "base/arena.h"
#include "harness/journal/metric.h"

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

/* The same of instruments that are open: what their samples will have. */
struct pb_instruments;
size_t pb_instruments_groups(struct pb_arena *arena, const struct pb_instruments *instruments,
                             const struct pb_probe_group **out);

/*
 * A level: the names of the available groups in a row, as a journal's run line keeps it
 * (probe_level). It tells where each figure came from, so that results of different levels are
 * compared on what they share alone.
 */
const char *pb_probe_level(struct pb_arena *arena, const struct pb_probe_group *groups, size_t n);

/* The group that gives the metric at this level. NULL: none does, or it needs no group (sizes,
 * requests). `level` may be NULL or unknown text: then only what is always there. */
const char *pb_level_source(const char *level, enum pb_metric metric);

/* Whether figures of this metric of two results may be compared. False when one result cannot have
 * it, or when a source that misses part of the tree meets one that does not; `why` (may be NULL) is
 * then a text in the arena. */
bool pb_levels_share(struct pb_arena *arena, const char *level_a, const char *level_b,
                     enum pb_metric metric, const char **why);

#endif
