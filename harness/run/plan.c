/* SPDX-License-Identifier: MIT */
#include "harness/run/plan.h"

#include "base/term.h"
#include "harness/validity/check.h"

#include <errno.h>
#include <string.h>

#define ARMS_MAX 256

/* Native managers; those that run on node (npm, yarn) and deno only when named. */
static const char *const default_arms[] = {"plumb", "bun", "utoo", "pnpm"};

static const char *const *null_terminated(struct pb_arena *arena, const struct pb_run_list *list)
{
    const char **out = PB_ARENA_ARRAY(arena, const char *, list->n + 1);
    for (size_t i = 0; i < list->n; i++)
        out[i] = list->items[i];
    return out;
}

static int add_phase(struct pb_run *run, const struct pb_phase *phase, struct pb_err *err)
{
    if (run->phase_count == sizeof run->phases / sizeof *run->phases)
        return pb_err_set(err, PB_E_LIMIT, "too many phases");
    for (size_t i = 0; i < run->phase_count; i++)
        if (run->phases[i] == phase)
            return pb_err_set(err, PB_E_USAGE, "phase %s: named twice", phase->key);
    if (phase->action == PB_ACTION_ADD && !run->options->package)
        return pb_err_set(err, PB_E_USAGE,
                          "phase %s: which package shall be added: use --package NAME", phase->key);
    run->phases[run->phase_count++] = phase;
    return 0;
}

static int plan_phases(struct pb_run *run, struct pb_err *err)
{
    const struct pb_run_options *o = run->options;
    struct pb_phase *all;
    size_t n;
    if (pb_phases_load(&run->arena, null_terminated(&run->arena, &o->phase_dirs), pb_check_exists,
                       &all, &n, err) != 0)
        return -1;
    for (size_t i = 0; i < o->phases.n; i++) {
        const struct pb_phase *phase = pb_phase_find(all, n, o->phases.items[i]);
        if (!phase)
            return pb_err_set(err, PB_E_USAGE,
                              "phase %s: there is no such phase: see phasebench list phases",
                              o->phases.items[i]);
        if (add_phase(run, phase, err) != 0) return -1;
    }
    for (size_t i = 0; o->phases.n == 0 && i < n; i++)
        if (all[i].is_default && add_phase(run, &all[i], err) != 0) return -1;
    return run->phase_count ? 0 : pb_err_set(err, PB_E_USAGE, "no phase to run");
}

static int add_arm(struct pb_run *run, const char *text, bool required, struct pb_err *err)
{
    struct pb_arm *arm = &run->arms[run->arm_count];
    if (run->arm_count == ARMS_MAX)
        return pb_err_set(err, PB_E_LIMIT, "more than %d arms", ARMS_MAX);
    if (pb_arm_make(&run->arena, text, run->managers, run->manager_count, run->cache_dir, arm,
                    err) != 0)
        return -1;
    if (!arm->binary) {
        if (required)
            return pb_err_set(err, PB_E_NOT_FOUND, "arm %s: no program: %s", arm->name,
                              arm->missing);
        pb_warn("%s is left out: %s", arm->name, arm->missing);
        return 0;
    }
    for (size_t i = 0; i < run->arm_count; i++)
        if (strcmp(run->arms[i].name, arm->name) == 0)
            return pb_err_set(err, PB_E_USAGE, "arm %s: named twice", arm->name);
    if (stat(arm->binary, &run->binaries[run->arm_count]) != 0)
        return pb_err_sys(err, errno, "arm %s: %s", arm->name, arm->binary);
    run->arm_count++;
    return 0;
}

static int plan_arms(struct pb_run *run, struct pb_err *err)
{
    const struct pb_run_list *texts = &run->options->arms;
    if (pb_managers_load(&run->arena, null_terminated(&run->arena, &run->options->manager_dirs),
                         &run->managers, &run->manager_count, err) != 0)
        return -1;
    run->arms = PB_ARENA_ARRAY(&run->arena, struct pb_arm, ARMS_MAX);
    run->binaries = PB_ARENA_ARRAY(&run->arena, struct stat, ARMS_MAX);
    for (size_t i = 0; i < texts->n; i++)
        if (add_arm(run, texts->items[i], true, err) != 0) return -1;
    for (size_t i = 0; texts->n == 0 && i < sizeof default_arms / sizeof *default_arms; i++)
        if (add_arm(run, default_arms[i], false, err) != 0) return -1;
    if (run->arm_count) return 0;
    return pb_err_set(err, PB_E_NOT_FOUND,
                      "no package manager was found: name one with --arm, or get one "
                      "with phasebench managers fetch");
}

static int plan_legs(struct pb_run *run, struct pb_err *err)
{
    const struct pb_run_list *texts = &run->options->registries;
    if (texts->n > sizeof run->legs / sizeof *run->legs)
        return pb_err_set(err, PB_E_LIMIT, "too many registries");
    for (size_t i = 0; i < (texts->n ? texts->n : 1); i++) {
        const char *text = texts->n ? texts->items[i] : "replay";
        if (pb_leg_make(&run->arena, text, &run->legs[i], err) != 0) return -1;
        for (size_t k = 0; k < i; k++)
            if (strcmp(run->legs[k].label, run->legs[i].label) == 0)
                return pb_err_set(err, PB_E_USAGE, "registry %s: named twice", text);
        run->leg_count++;
    }
    return 0;
}

static int find_arm(const struct pb_run *run, const char *name, size_t *out, struct pb_err *err)
{
    for (*out = 0; *out < run->arm_count; ++*out)
        if (strcmp(run->arms[*out].name, name) == 0) return 0;
    return pb_err_set(err, PB_E_USAGE, "arm %s: it is not in this run: add it with --arm", name);
}

static int plan_candidates(struct pb_run *run, struct pb_err *err)
{
    const struct pb_run_list *names = &run->options->candidates;
    for (size_t i = 0; i < names->n; i++) {
        size_t arm;
        if (find_arm(run, names->items[i], &arm, err) != 0) return -1;
        if (arm == run->baseline)
            return pb_err_set(err, PB_E_USAGE, "arm %s: both baseline and candidate",
                              names->items[i]);
        run->candidates[run->candidate_count++] = arm;
    }
    for (size_t i = 0; names->n == 0 && i < run->arm_count; i++)
        if (i != run->baseline && strcmp(run->arms[i].name, "limit") != 0)
            run->candidates[run->candidate_count++] = i;
    if (run->candidate_count) return 0;
    return pb_err_set(err, PB_E_USAGE, "baseline %s: there is no other arm to compare with it",
                      run->options->baseline);
}

static int plan_pairs(struct pb_run *run, struct pb_err *err)
{
    const struct pb_run_options *o = run->options;
    run->is_paired = o->baseline != NULL;
    if (!run->is_paired) return 0;
    run->rules = (struct pb_gate_rules){.precision = o->precision};
    if ((o->rules &&
         pb_gate_rules_load(&run->arena, o->rules, &run->rules, &run->rules_text, err) != 0) ||
        (o->floor &&
         pb_gate_floor_load(&run->arena, o->floor, &run->rules, &run->floor_text, err) != 0) ||
        find_arm(run, o->baseline, &run->baseline, err) != 0)
        return -1;
    return plan_candidates(run, err);
}

int pb_run_plan(struct pb_run *run, struct pb_err *err)
{
    if (plan_phases(run, err) != 0 || plan_arms(run, err) != 0 || plan_legs(run, err) != 0)
        return -1;
    if (plan_pairs(run, err) != 0) return -1;
    run->seeds = PB_ARENA_ARRAY(&run->arena, struct pb_seed,
                                PB_STAGE_COUNT * run->leg_count * run->arm_count);
    size_t cells = run->leg_count * run->phase_count * run->arm_count;
    run->cells = PB_ARENA_ARRAY(&run->arena, struct pb_run_cell, cells);
    run->progress = PB_ARENA_ARRAY(&run->arena, struct pb_cell_progress, cells);
    for (size_t i = 0; i < cells; i++) {
        run->cells[i].done[PB_STAGE_SCREEN] =
            PB_ARENA_ARRAY(&run->arena, bool, (size_t)run->options->rounds + 1);
        run->cells[i].done[PB_STAGE_CONFIRM] =
            PB_ARENA_ARRAY(&run->arena, bool, PB_GATE_CONFIRM + 1);
        run->progress[i].arm = run->arms[i % run->arm_count].name;
    }
    return 0;
}
