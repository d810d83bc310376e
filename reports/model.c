/* SPDX-License-Identifier: MIT */
#include "reports/model.h"

#include "base/map.h"
#include "base/mem.h"
#include "harness/stats/describe.h"

#include <stdlib.h>
#include <string.h>

/* Row order of the seed tables: sorted by "<arm>.json", so that "utoo-next" precedes "utoo". */
static int by_file_name(const void *a, const void *b)
{
    const struct pb_cell *x = *(struct pb_cell *const *)a, *y = *(struct pb_cell *const *)b;
    size_t nx = strlen(x->arm), ny = strlen(y->arm);
    size_t n = nx < ny ? nx : ny;
    int cmp = memcmp(x->arm, y->arm, n);
    if (cmp || nx == ny) return cmp;
    unsigned char cx = nx > n ? (unsigned char)x->arm[n] : '.';
    unsigned char cy = ny > n ? (unsigned char)y->arm[n] : '.';
    return (cx > cy) - (cx < cy);
}

static struct pb_str cell_key(struct pb_arena *arena, const char *registry, const char *phase,
                              const char *arm)
{
    return pb_str(pb_arena_printf(arena, "%s\n%s\n%s", registry, phase, arm));
}

/* The cells of all registries x phases x arms, by key. */
static void make_cells(struct pb_report_model *model, struct pb_map *by_key)
{
    const struct pb_journal_run *run = &model->journal->run;
    struct pb_arena *arena = &model->arena;
    model->registry_count = run->registry_count;
    model->registries = PB_ARENA_ARRAY(arena, struct pb_report_registry, run->registry_count);
    for (size_t r = 0; r < run->registry_count; r++) {
        struct pb_report_registry *registry = &model->registries[r];
        registry->label = run->registries[r];
        registry->phase_count = run->phase_count;
        registry->phases = PB_ARENA_ARRAY(arena, struct pb_report_phase, run->phase_count);
        for (size_t p = 0; p < run->phase_count; p++) {
            struct pb_report_phase *phase = &registry->phases[p];
            phase->key = run->phases[p];
            phase->cell_count = run->arm_count;
            phase->cells = PB_ARENA_ARRAY(arena, struct pb_cell *, run->arm_count);
            for (size_t a = 0; a < run->arm_count; a++) {
                struct pb_cell *cell = PB_ARENA_NEW(arena, struct pb_cell);
                *cell = (struct pb_cell){
                    .registry = registry->label, .phase = phase->key, .arm = run->arms[a]};
                phase->cells[a] = cell;
                pb_map_put(by_key, cell_key(arena, cell->registry, cell->phase, cell->arm), cell);
            }
            qsort(phase->cells, phase->cell_count, sizeof *phase->cells, by_file_name);
        }
    }
}

/* The worst thing that happened to a cell is what it shows. */
static void note_outcome(struct pb_cell *cell, enum pb_outcome outcome, const char *reason)
{
    static const int severity[] = {
        [PB_OUTCOME_OK] = 0,     [PB_OUTCOME_CONTAMINATED] = 1, [PB_OUTCOME_INVALID] = 2,
        [PB_OUTCOME_FAILED] = 3, [PB_OUTCOME_SEED_FAILED] = 4,  [PB_OUTCOME_UNSUPPORTED] = 5,
    };
    if (cell->reason && severity[outcome] <= severity[cell->outcome]) return;
    if (outcome == PB_OUTCOME_OK) return;
    cell->outcome = outcome;
    cell->reason = reason ? reason : pb_outcome_name(outcome);
}

static struct pb_cell *find_cell(const struct pb_map *by_key, const char *registry,
                                 const char *phase, const char *arm)
{
    struct pb_arena scratch = PB_ARENA_INIT;
    struct pb_cell *cell = pb_map_get(by_key, cell_key(&scratch, registry, phase, arm));
    pb_arena_release(&scratch);
    return cell;
}

static int by_round(const void *a, const void *b)
{
    const struct pb_sample *x = *(const struct pb_sample *const *)a;
    const struct pb_sample *y = *(const struct pb_sample *const *)b;
    return (x->round > y->round) - (x->round < y->round);
}

/* Two passes over the samples: count, then fill. Warm-up and traced samples are never counted; a
 * warm-up that failed still condemns its cell. */
static void fill_cells(struct pb_report_model *model, const struct pb_map *by_key)
{
    const struct pb_journal_data *journal = model->journal;
    struct pb_cell **cell_of = pb_calloc(journal->sample_count + 1, sizeof *cell_of);
    for (size_t i = 0; i < journal->sample_count; i++) {
        const struct pb_sample *s = journal->samples[i];
        struct pb_cell *cell = s->traced ? NULL : find_cell(by_key, s->registry, s->phase, s->arm);
        if (!cell) continue;
        note_outcome(cell, s->outcome, s->reason);
        if (s->round < 1) continue;
        cell->attempted++;
        cell_of[i] = cell;
    }
    for (size_t i = 0; i < journal->sample_count; i++) {
        struct pb_cell *cell = cell_of[i];
        if (!cell) continue;
        if (!cell->samples)
            cell->samples =
                PB_ARENA_ARRAY(&model->arena, const struct pb_sample *, cell->attempted);
        cell->samples[cell->sample_count++] = journal->samples[i];
    }
    free(cell_of);
    PB_MAP_EACH (by_key, entry) {
        struct pb_cell *cell = entry->value;
        if (cell->sample_count > 1)
            qsort(cell->samples, cell->sample_count, sizeof *cell->samples, by_round);
    }
}

static bool counts(const struct pb_sample *sample)
{
    return sample->outcome == PB_OUTCOME_OK || sample->outcome == PB_OUTCOME_CONTAMINATED;
}

static void describe_cell(struct pb_cell *cell, double *values, double *scratch)
{
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        size_t n = 0;
        const char *reason = "no valid sample";
        for (size_t i = 0; i < cell->sample_count; i++) {
            const struct pb_metric_values *v = &cell->samples[i]->metrics;
            if (!counts(cell->samples[i])) continue;
            if (v->has[m])
                values[n++] = (double)v->value[m];
            else
                reason = v->reason[m];
        }
        struct pb_description d = pb_describe(values, n, scratch);
        cell->metric[m].has = n > 0;
        cell->metric[m].reason = n > 0 ? NULL : reason;
        cell->metric[m].n = n;
        cell->metric[m].mean = d.mean;
        cell->metric[m].sd = d.sd;
        cell->metric[m].min = d.min;
        cell->metric[m].max = d.max;
        cell->metric[m].median = d.median;
    }
}

static void describe_cells(const struct pb_map *by_key)
{
    size_t most = 0;
    PB_MAP_EACH (by_key, entry) {
        size_t n = ((struct pb_cell *)entry->value)->sample_count;
        most = n > most ? n : most;
    }
    double *values = pb_calloc(2 * most + 1, sizeof *values);
    PB_MAP_EACH (by_key, entry) {
        struct pb_cell *cell = entry->value;
        describe_cell(cell, values, values + most);
        if (cell->sample_count == 0 && cell->outcome == PB_OUTCOME_OK)
            note_outcome(cell, PB_OUTCOME_INVALID, "no sample was taken");
    }
    free(values);
}

static void note_results(struct pb_report_model *model)
{
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++)
            for (size_t c = 0; c < model->registries[r].phases[p].cell_count; c++) {
                const struct pb_cell *cell = model->registries[r].phases[p].cells[c];
                if (cell->attempted || cell->outcome != PB_OUTCOME_INVALID)
                    model->registries[r].has_results = true;
            }
}

int pb_report_model_make(const struct pb_journal_data *journal, struct pb_report_model *out,
                         struct pb_err *err)
{
    *out = (struct pb_report_model){.arena = PB_ARENA_INIT, .journal = journal};
    if (!journal->run.id)
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "cannot make a report: the journal does not say what was run: its first "
                          "line is missing");
    struct pb_map by_key = PB_MAP_INIT;
    make_cells(out, &by_key);
    for (size_t i = 0; i < journal->seed_count; i++) {
        const struct pb_journal_seed *seed = &journal->seeds[i];
        struct pb_cell *cell = find_cell(&by_key, seed->registry, seed->phase, seed->arm);
        if (cell) note_outcome(cell, seed->outcome, seed->reason);
    }
    fill_cells(out, &by_key);
    describe_cells(&by_key);
    note_results(out);
    pb_map_release(&by_key);
    return 0;
}

void pb_report_model_release(struct pb_report_model *model)
{
    pb_arena_release(&model->arena);
}
