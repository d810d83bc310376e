/* SPDX-License-Identifier: MIT */
#ifndef PB_DOCTOR_H
#define PB_DOCTOR_H

#include "base/arena.h"
#include "harness/probes/groups.h"

/* What this machine can measure, and what to do about the rest. Nothing here fails: what cannot be
 * found out is a finding too. Texts live in the arena or are literals. */
enum pb_doctor_state {
    PB_DOCTOR_GOOD,
    PB_DOCTOR_NOTE, /* figures hold, with the limits told */
    PB_DOCTOR_POOR  /* figures are missing or will be noisy */
};
const char *pb_doctor_state_name(enum pb_doctor_state state);

struct pb_doctor_finding {
    const char *topic;
    enum pb_doctor_state state;
    const char *found, *advice; /* advice NULL: nothing to do */
};

enum { PB_DOCTOR_FINDINGS_MAX = 32 };
struct pb_doctor_report {
    struct pb_doctor_finding findings[PB_DOCTOR_FINDINGS_MAX];
    size_t n;
    const struct pb_probe_group *groups; /* what can be measured */
    size_t group_count;
    const char *level; /* as a run's journal names it */
};

/* `folder`: where results would go; `cache`: of managers, NULL: the default. Takes about a second,
 * in which the machine is watched. */
void pb_doctor_examine(struct pb_arena *arena, const char *folder, const char *cache,
                       struct pb_doctor_report *out);

/* The parts, each in a file of its own. */
void pb_doctor_add(struct pb_doctor_report *report, const char *topic, enum pb_doctor_state state,
                   const char *found, const char *advice);
void pb_doctor_examine_cpu(struct pb_arena *arena, struct pb_doctor_report *out);
void pb_doctor_examine_load(struct pb_arena *arena, struct pb_doctor_report *out);
void pb_doctor_examine_disk(struct pb_arena *arena, const char *folder,
                            struct pb_doctor_report *out);
void pb_doctor_examine_managers(struct pb_arena *arena, const char *cache,
                                struct pb_doctor_report *out);
void pb_doctor_examine_registry(struct pb_arena *arena, struct pb_doctor_report *out);

#endif
