/* SPDX-License-Identifier: MIT */
#include "harness/run/resume.h"

#include "harness/run/plan.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static int check_same_plan(const struct pb_run *run, const struct pb_journal_run *line,
                           struct pb_err *err)
{
    bool ok = line->registry_count == run->leg_count && line->phase_count == run->phase_count &&
              line->arm_count == run->arm_count && line->rounds == (unsigned)run->options->rounds;
    for (size_t i = 0; ok && i < run->leg_count; i++)
        ok = same(line->registries[i], run->legs[i].label);
    for (size_t i = 0; ok && i < run->phase_count; i++)
        ok = same(line->phases[i], run->phases[i]->key);
    for (size_t i = 0; ok && i < run->arm_count; i++)
        ok = same(line->arms[i], run->arms[i].name);
    if (ok) return 0;
    return pb_err_set(err, PB_E_CONFLICT,
                      "resume the run of %s: its journal has other registries, phases, "
                      "arms or rounds than can be run now",
                      run->out_dir);
}

static int check_same_policy(struct pb_run *run, const struct pb_journal_run *line,
                             struct pb_err *err)
{
    if (same(line->policy_hash, pb_run_policy_hash(run))) return 0;
    return pb_err_set(err, PB_E_CONFLICT,
                      "resume the run of %s: what was measured there was set up or kept apart in "
                      "another way than is possible now (another user, other permissions or "
                      "manager files): start a new run",
                      run->out_dir);
}

static int check_same_programs(const struct pb_run *run, const struct pb_journal_data *data,
                               struct pb_err *err)
{
    for (size_t i = 0; i < data->arm_count; i++) {
        const struct pb_journal_arm *then = &data->arms[i];
        for (size_t k = 0; k < run->arm_count; k++) {
            const struct pb_arm *now = &run->arms[k];
            if (!same(then->name, now->name) || same(then->binary_sha256, now->sha256)) continue;
            return pb_err_set(err, PB_E_CONFLICT,
                              "resume the run of %s: the program of %s has changed: "
                              "start a new run",
                              run->out_dir, now->name);
        }
    }
    return 0;
}

static struct pb_run_cell *find_cell(struct pb_run *run, const char *registry, const char *phase,
                                     const char *arm)
{
    for (size_t l = 0; l < run->leg_count; l++)
        for (size_t p = 0; p < run->phase_count; p++)
            for (size_t a = 0; a < run->arm_count; a++)
                if (same(run->legs[l].label, registry) && same(run->phases[p]->key, phase) &&
                    same(run->arms[a].name, arm))
                    return pb_run_cell(run, l, p, a);
    return NULL;
}

static void mark_sample(struct pb_run *run, const struct pb_sample *s)
{
    struct pb_run_cell *cell = find_cell(run, s->registry, s->phase, s->arm);
    enum pb_trace_level level;
    if (s->traced) {
        if (cell && s->trace && pb_trace_by_name(s->trace, &level)) cell->traced[level]++;
        return;
    }
    long most = s->stage == PB_STAGE_CONFIRM ? PB_GATE_CONFIRM : run->options->rounds;
    if (!cell || s->round < 0 || s->round > most) return;
    cell->done[s->stage][s->round] = true;
    run->summary.samples++;
    run->summary.samples_contaminated += s->outcome == PB_OUTCOME_CONTAMINATED;
    if (s->outcome != PB_OUTCOME_OK && s->outcome != PB_OUTCOME_CONTAMINATED)
        cell->dead = true;
    else if (!cell->tree_digest && s->tree_digest)
        cell->tree_digest = pb_arena_cstr(&run->arena, pb_str(s->tree_digest));
}

int pb_run_resume(struct pb_run *run, struct pb_err *err)
{
    struct pb_journal_data data;
    int rc = pb_journal_read(run->out_dir, &data, err);
    if (rc == 0) rc = check_same_plan(run, &data.run, err);
    if (rc == 0) rc = check_same_policy(run, &data.run, err);
    if (rc == 0) rc = check_same_programs(run, &data, err);
    for (size_t i = 0; rc == 0 && i < data.seed_count; i++) {
        const struct pb_journal_seed *s = &data.seeds[i];
        struct pb_run_cell *cell = find_cell(run, s->registry, s->phase, s->arm);
        if (cell) cell->dead = true;
    }
    for (size_t i = 0; rc == 0 && i < data.tree_count; i++)
        pb_run_know_tree(run, data.trees[i].digest);
    for (size_t i = 0; rc == 0 && i < data.sample_count; i++)
        mark_sample(run, data.samples[i]);
    pb_journal_data_release(&data);
    return rc;
}
