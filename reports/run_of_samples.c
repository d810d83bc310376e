/* SPDX-License-Identifier: MIT */
#include "reports/run_of_samples.h"

#include <string.h>

static void add_once(const char **list, size_t *n, size_t max, const char *text)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(list[i], text) == 0) return;
    if (*n < max) list[(*n)++] = text;
}

static void add_place(struct pb_journal_run *out, const char *registry, const char *phase,
                      const char *arm)
{
    add_once(out->registries, &out->registry_count,
             sizeof out->registries / sizeof *out->registries, registry);
    add_once(out->phases, &out->phase_count, sizeof out->phases / sizeof *out->phases, phase);
    add_once(out->arms, &out->arm_count, sizeof out->arms / sizeof *out->arms, arm);
}

void pb_run_of_samples(const struct pb_journal_data *journal, struct pb_journal_run *out)
{
    *out = (struct pb_journal_run){0};
    for (size_t i = 0; i < journal->arm_count; i++)
        add_once(out->arms, &out->arm_count, sizeof out->arms / sizeof *out->arms,
                 journal->arms[i].name);
    for (size_t i = 0; i < journal->seed_count; i++)
        add_place(out, journal->seeds[i].registry, journal->seeds[i].phase, journal->seeds[i].arm);
    for (size_t i = 0; i < journal->sample_count; i++) {
        const struct pb_sample *s = journal->samples[i];
        add_place(out, s->registry, s->phase, s->arm);
        if (s->round > 0 && (unsigned)s->round > out->rounds) out->rounds = (unsigned)s->round;
    }
}
