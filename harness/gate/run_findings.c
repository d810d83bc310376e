/* SPDX-License-Identifier: MIT */
#include "harness/gate/run_findings.h"

#include <stdlib.h>
#include <string.h>

static const struct pb_journal_arm *arm_named(const struct pb_journal_data *journal,
                                              const char *name)
{
    for (size_t i = 0; i < journal->arm_count; i++)
        if (strcmp(journal->arms[i].name, name) == 0) return &journal->arms[i];
    return NULL;
}

static bool is_seen(const struct pb_journal_data *journal, const char *candidate,
                    const char *baseline, const char *name)
{
    const struct pb_journal_arm *arm = arm_named(journal, name),
                                *base = arm_named(journal, baseline);
    return strcmp(name, candidate) == 0 || strcmp(name, baseline) == 0 ||
           (arm && base && pb_run_arms_identical(arm, base));
}

/* The journal as if nothing but the seen arms had run. The candidate's digest is withheld: whether
 * it differs from the baseline, be it the same program, is what the gate's own rule finds out. */
static struct pb_journal_data narrow(struct pb_arena *arena, const struct pb_journal_data *journal,
                                     const char *candidate, const char *baseline)
{
    struct pb_journal_data out = *journal;
    out.arms = PB_ARENA_ARRAY(arena, struct pb_journal_arm, journal->arm_count);
    out.samples = PB_ARENA_ARRAY(arena, struct pb_sample *, journal->sample_count);
    out.arm_count = out.sample_count = 0;
    for (size_t i = 0; i < journal->arm_count; i++)
        if (is_seen(journal, candidate, baseline, journal->arms[i].name))
            out.arms[out.arm_count++] = journal->arms[i];
    for (size_t i = 0; i < out.arm_count; i++)
        if (strcmp(out.arms[i].name, candidate) == 0) out.arms[i].binary_sha256 = NULL;
    for (size_t i = 0; i < journal->sample_count; i++)
        if (is_seen(journal, candidate, baseline, journal->samples[i]->arm))
            out.samples[out.sample_count++] = journal->samples[i];
    return out;
}

size_t pb_gate_run_findings(struct pb_arena *arena, const struct pb_journal_data *journal,
                            const char *candidate, const char *baseline,
                            const struct pb_run_finding **out)
{
    const struct pb_journal_data seen = narrow(arena, journal, candidate, baseline);
    struct pb_run_finding *found, *kept;
    size_t n;
    pb_run_checks_judge(arena, &seen, &found, &n);
    kept = PB_ARENA_ARRAY(arena, struct pb_run_finding, n);
    if (n) memcpy(kept, found, n * sizeof *kept);
    free(found);
    *out = kept;
    return n;
}

static bool is_of(const char *wanted, const char *is)
{
    return !wanted || !is || strcmp(wanted, is) == 0;
}

/* The first that holds, as "check: what was seen". */
static const char *find(struct pb_arena *arena, const struct pb_run_finding *findings, size_t n,
                        enum pb_finding_effect effect, const struct pb_run_finding *place)
{
    for (size_t i = 0; i < n; i++)
        if (findings[i].effect == effect && is_of(findings[i].registry, place->registry) &&
            is_of(findings[i].phase, place->phase) && is_of(findings[i].arm, place->arm))
            return pb_arena_printf(arena, "%s: %s", findings[i].check, findings[i].reason);
    return NULL;
}

const char *pb_gate_finding_of_arm(struct pb_arena *arena, const struct pb_run_finding *findings,
                                   size_t n, const char *registry, const char *phase,
                                   const char *arm)
{
    return find(arena, findings, n, PB_FINDING_CELL,
                &(struct pb_run_finding){.registry = registry, .phase = phase, .arm = arm});
}

const char *pb_gate_finding_of_comparison(struct pb_arena *arena,
                                          const struct pb_run_finding *findings, size_t n,
                                          const char *registry, const char *phase)
{
    return find(arena, findings, n, PB_FINDING_COMPARISON,
                &(struct pb_run_finding){.registry = registry, .phase = phase});
}

const char *pb_gate_finding_of_run(struct pb_arena *arena, const struct pb_run_finding *findings,
                                   size_t n)
{
    return find(arena, findings, n, PB_FINDING_RUN, &(struct pb_run_finding){0});
}
