/* SPDX-License-Identifier: MIT */
#include "harness/gate/gate.h"

#include <stdlib.h>
#include <string.h>

static bool is_of(const char *registry, const char *phase, const char *arm, const char *registry_,
                  const char *phase_, const char *arm_)
{
    return strcmp(registry, registry_) == 0 && strcmp(phase, phase_) == 0 && strcmp(arm, arm_) == 0;
}

static int by_round(const void *a, const void *b)
{
    const struct pb_sample *x = *(const struct pb_sample *const *)a;
    const struct pb_sample *y = *(const struct pb_sample *const *)b;
    return (x->round > y->round) - (x->round < y->round);
}

static const char *manager_of(const struct pb_journal_data *journal, const char *arm)
{
    for (size_t i = 0; i < journal->arm_count; i++)
        if (strcmp(journal->arms[i].name, arm) == 0) return journal->arms[i].manager;
    return NULL;
}

static void note_seed(const struct pb_journal_data *journal, const char *registry,
                      const char *phase, struct pb_gate_side *out)
{
    for (size_t i = 0; i < journal->seed_count; i++) {
        const struct pb_journal_seed *s = &journal->seeds[i];
        if (!is_of(s->registry, s->phase, s->arm, registry, phase, out->arm)) continue;
        out->invalid_reason = s->reason ? s->reason : pb_outcome_name(s->outcome);
        out->unsupported = s->outcome == PB_OUTCOME_UNSUPPORTED;
    }
}

void pb_gate_side_of(struct pb_arena *arena, const struct pb_journal_data *journal,
                     const char *registry, const char *phase, const char *arm,
                     struct pb_gate_side *out)
{
    const struct pb_sample **lists[PB_STAGE_COUNT];
    *out = (struct pb_gate_side){.arm = arm, .manager = manager_of(journal, arm)};
    note_seed(journal, registry, phase, out);
    for (int s = 0; s < PB_STAGE_COUNT; s++)
        lists[s] = PB_ARENA_ARRAY(arena, const struct pb_sample *, journal->sample_count);
    for (size_t i = 0; i < journal->sample_count; i++) {
        const struct pb_sample *s = journal->samples[i];
        if (s->traced || !is_of(s->registry, s->phase, s->arm, registry, phase, arm)) continue;
        if (!pb_sample_counts(s) && !out->invalid_reason)
            out->invalid_reason = s->reason ? s->reason : pb_outcome_name(s->outcome);
        if (s->round >= 1) lists[s->stage][out->stage[s->stage].n++] = s;
    }
    for (int s = 0; s < PB_STAGE_COUNT; s++) {
        out->stage[s].items = lists[s];
        if (out->stage[s].n) qsort(lists[s], out->stage[s].n, sizeof(void *), by_round);
    }
    if (out->stage[PB_STAGE_SCREEN].n == 0 && !out->invalid_reason)
        out->invalid_reason = "no sample was taken";
}
