/* SPDX-License-Identifier: MIT */
#include "harness/validity/check.h"

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
