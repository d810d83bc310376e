/* SPDX-License-Identifier: MIT */
#include "harness/doctor/doctor.h"

const char *pb_doctor_state_name(enum pb_doctor_state state)
{
    static const char *const names[] = {"good", "note", "poor"};
    return names[state];
}

void pb_doctor_add(struct pb_doctor_report *report, const char *topic, enum pb_doctor_state state,
                   const char *found, const char *advice)
{
    if (report->n < PB_DOCTOR_FINDINGS_MAX)
        report->findings[report->n++] = (struct pb_doctor_finding){topic, state, found, advice};
}

void pb_doctor_examine(struct pb_arena *arena, const char *folder, const char *cache,
                       struct pb_doctor_report *out)
{
    *out = (struct pb_doctor_report){0};
    pb_doctor_examine_cpu(arena, out);
    pb_doctor_examine_load(arena, out);
    pb_doctor_examine_disk(arena, folder, out);
    pb_doctor_examine_managers(arena, cache, out);
    pb_doctor_examine_registry(arena, out);
    out->group_count = pb_probe_groups(arena, &out->groups);
    out->level = pb_probe_level(arena, out->groups, out->group_count);
}
