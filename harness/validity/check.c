/* SPDX-License-Identifier: MIT */
#include "harness/validity/check.h"

#include <stdio.h>
#include <string.h>

const struct pb_check *pb_check_find(const char *name)
{
    for (size_t i = 0; i < pb_check_count; i++)
        if (strcmp(pb_check_table[i].name, name) == 0) return &pb_check_table[i];
    return NULL;
}

bool pb_check_exists(const char *name)
{
    return pb_check_find(name) != NULL;
}

static bool applies(const struct pb_check *check, const struct pb_phase *phase)
{
    if (check->always) return true;
    for (size_t i = 0; i < phase->check_count; i++)
        if (strcmp(phase->checks[i], check->name) == 0) return true;
    return false;
}

static bool command_failed(const struct pb_facts *facts)
{
    return facts->launch.timed_out || facts->launch.exit_code != 0;
}

void pb_checks_judge(struct pb_arena *arena, const struct pb_facts *facts, struct pb_sample *sample)
{
    sample->outcome = PB_OUTCOME_OK;
    sample->reason = NULL;
    sample->check_count = 0;
    for (size_t i = 0; i < pb_check_count; i++) {
        const struct pb_check *check = &pb_check_table[i];
        char reason[PB_CHECK_REASON_BYTES] = "";
        if (!applies(check, facts->phase)) continue;
        if (check->run(facts, reason) != PB_CHECK_FAILED) continue;
        const char *kept = pb_arena_cstr(arena, pb_str(reason));
        if (sample->check_count < sizeof sample->checks / sizeof *sample->checks)
            sample->checks[sample->check_count++] = (struct pb_journal_check){check->name, kept};
        if (!sample->reason) sample->reason = pb_arena_printf(arena, "%s: %s", check->name, reason);
    }
    if (sample->reason)
        sample->outcome = command_failed(facts) ? PB_OUTCOME_FAILED : PB_OUTCOME_INVALID;
}

static bool is_tolerated(const struct pb_manager *manager, const char *path)
{
    for (const char *const *p = manager->tolerated_misses; p && *p; p++) {
        size_t n = strlen(*p);
        if (strncmp(path, *p, n) == 0 && (path[n] == '\0' || path[n] == '/')) return true;
    }
    return false;
}

enum pb_check_verdict pb_check_no_registry_miss(const struct pb_facts *f,
                                                char reason[PB_CHECK_REASON_BYTES])
{
    if (!f->registry_counted) return PB_CHECK_UNKNOWN;
    const struct pb_registry_stats *s = &f->registry;
    size_t unknown = 0;
    const char *first = NULL;
    for (size_t i = 0; i < s->n_miss_paths; i++) {
        if (is_tolerated(f->arm->manager, s->miss_paths[i])) continue;
        if (unknown++ == 0) first = s->miss_paths[i];
    }
    if (!first) return PB_CHECK_PASSED;
    snprintf(reason, PB_CHECK_REASON_BYTES,
             "the snapshot lacks %zu%s requested paths (record it with this arm), first %.150s",
             unknown, s->n_miss_paths == PB_MISS_PATHS_MAX ? " or more" : "", first);
    return PB_CHECK_FAILED;
}
