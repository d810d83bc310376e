/* SPDX-License-Identifier: MIT */
#include "harness/probes/groups.h"

#include <unistd.h>

const char *pb_group_level_name(enum pb_group_level level)
{
    static const char *const names[] = {
        [PB_GROUP_ALWAYS] = "always", [PB_GROUP_DEFAULT] = "default", [PB_GROUP_TRACE] = "trace"};
    return names[level];
}

static void add_machine(struct pb_probe_group *group)
{
    *group = (struct pb_probe_group){.name = "machine",
                                     .gives = "stolen time, disturbance by other programs",
                                     .available = access("/proc/stat", R_OK) == 0};
    if (group->available) return;
    group->cause = "/proc/stat cannot be read";
    group->cure = "mount /proc";
}

static void add_pressure(struct pb_probe_group *group)
{
    *group = (struct pb_probe_group){.name = "pressure",
                                     .gives = "time stalled for CPU, memory and disk",
                                     .available = access("/proc/pressure/cpu", R_OK) == 0};
    if (group->available) return;
    group->cause = "the kernel keeps no pressure stall information";
    group->cure = "boot with psi=1 on the kernel's command line";
}

enum { GROUPS_MAX = 16 };

size_t pb_probe_groups(struct pb_arena *arena, const struct pb_probe_group **out)
{
    struct pb_probe_group *groups = PB_ARENA_ARRAY(arena, struct pb_probe_group, GROUPS_MAX);
    size_t n = 0;
    groups[n++] = (struct pb_probe_group){
        .name = "launcher",
        .gives = "wall, user and system time, largest process, faults, context switches, disk "
                 "bytes",
        .available = true};
    add_machine(&groups[n++]);
    add_pressure(&groups[n++]);
    *out = groups;
    return n;
}
