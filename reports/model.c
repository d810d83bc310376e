/* SPDX-License-Identifier: MIT */
#include "reports/model.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "reports/cell_figures.h"
#include "reports/findings.h"
#include "reports/run_of_samples.h"

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

/* Smallest median wall time first, cells without figures last and in table order. */
static int by_wall(const void *a, const void *b)
{
    const struct pb_cell *x = *(struct pb_cell *const *)a, *y = *(struct pb_cell *const *)b;
    bool has_x = pb_cell_has_figures(x), has_y = pb_cell_has_figures(y);
    if (has_x != has_y) return has_x ? -1 : 1;
    double wx = x->metric[PB_M_WALL].median, wy = y->metric[PB_M_WALL].median;
    if (has_x && wx != wy) return wx < wy ? -1 : 1;
    return by_file_name(a, b);
}

static struct pb_str cell_key(struct pb_arena *arena, const char *registry, const char *phase,
                              const char *arm)
{
    return pb_str(pb_arena_printf(arena, "%s\n%s\n%s", registry, phase, arm));
}

/* The cells of all registries x phases x arms, by key. */
static void make_cells(struct pb_report_model *model, struct pb_map *by_key)
{
    const struct pb_journal_run *run = &model->run;
    struct pb_arena *arena = &model->arena;
    model->registry_count = run->registry_count;
    model->registries = PB_ARENA_ARRAY(arena, struct pb_report_registry, run->registry_count);
    model->cells = PB_ARENA_ARRAY(arena, struct pb_cell *,
                                  run->registry_count * run->phase_count * run->arm_count);
    for (size_t r = 0; r < run->registry_count; r++) {
        struct pb_report_registry *registry = &model->registries[r];
        registry->label = run->registries[r];
        registry->phase_count = run->phase_count;
        registry->phases = PB_ARENA_ARRAY(arena, struct pb_report_phase, run->phase_count);
        for (size_t p = 0; p < run->phase_count; p++) {
            struct pb_report_phase *phase = &registry->phases[p];
            phase->key = run->phases[p];
            phase->cell_count = run->arm_count;
            phase->cells = model->cells + model->cell_count;
            model->cell_count += run->arm_count;
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
void pb_cell_note_outcome(struct pb_cell *cell, enum pb_outcome outcome, const char *reason)
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
    PB_AUTO_BUF struct pb_buf key = PB_BUF_INIT(1 << 20);
    pb_buf_add_cstr(&key, registry);
    pb_buf_add_char(&key, '\n');
    pb_buf_add_cstr(&key, phase);
    pb_buf_add_char(&key, '\n');
    pb_buf_add_cstr(&key, arm);
    return pb_map_get(by_key, pb_buf_str(&key));
}

static int by_round(const void *a, const void *b)
{
    const struct pb_sample *x = *(const struct pb_sample *const *)a;
    const struct pb_sample *y = *(const struct pb_sample *const *)b;
    return (x->round > y->round) - (x->round < y->round);
}

/* Room is made for as many as were counted before. */
static void add_sample(struct pb_arena *arena, struct pb_cell *cell, const struct pb_sample *s)
{
    if (!cell->samples) {
        cell->samples = PB_ARENA_ARRAY(arena, const struct pb_sample *, cell->attempted);
        cell->confirming = PB_ARENA_ARRAY(arena, const struct pb_sample *, cell->confirming_count);
        cell->confirming_count = 0;
    }
    if (s->stage == PB_STAGE_CONFIRM)
        cell->confirming[cell->confirming_count++] = s;
    else
        cell->samples[cell->sample_count++] = s;
}

/* Two passes over the samples: count, then fill. Warm-up and traced samples are never counted (the
 * latter tell where time goes); a warm-up that failed still condemns its cell. */
static void fill_cells(struct pb_report_model *model, const struct pb_map *by_key)
{
    const struct pb_journal_data *journal = model->journal;
    struct pb_cell **cell_of = pb_calloc(journal->sample_count + 1, sizeof *cell_of);
    for (size_t i = 0; i < journal->sample_count; i++) {
        const struct pb_sample *s = journal->samples[i];
        struct pb_cell *cell = find_cell(by_key, s->registry, s->phase, s->arm);
        if (cell && s->traced) pb_time_splits_add(&cell->time, s);
        if (!cell || s->traced) continue;
        pb_cell_note_outcome(cell, s->outcome, s->reason);
        cell->was_tried = true;
        if (s->round < 1) continue;
        if (s->stage == PB_STAGE_CONFIRM)
            cell->confirming_count++;
        else
            cell->attempted++;
        cell_of[i] = cell;
    }
    for (size_t i = 0; i < journal->sample_count; i++) {
        struct pb_cell *cell = cell_of[i];
        if (!cell) continue;
        add_sample(&model->arena, cell, journal->samples[i]);
    }
    free(cell_of);
    PB_MAP_EACH (by_key, entry) {
        struct pb_cell *cell = entry->value;
        if (cell->sample_count > 1)
            qsort(cell->samples, cell->sample_count, sizeof *cell->samples, by_round);
        if (cell->confirming_count > 1)
            qsort(cell->confirming, cell->confirming_count, sizeof *cell->confirming, by_round);
    }
}

static void describe_cells(struct pb_arena *arena, const struct pb_map *by_key)
{
    size_t most = 0;
    PB_MAP_EACH (by_key, entry) {
        size_t n = ((struct pb_cell *)entry->value)->sample_count;
        most = n > most ? n : most;
    }
    double *values = pb_calloc(2 * most + 1, sizeof *values);
    bool *marked = pb_calloc(most + 1, sizeof *marked);
    PB_MAP_EACH (by_key, entry) {
        struct pb_cell *cell = entry->value;
        pb_cell_describe(cell, arena, values, marked);
        if (cell->sample_count == 0 && cell->outcome == PB_OUTCOME_OK)
            pb_cell_note_outcome(cell, PB_OUTCOME_INVALID, "no sample was taken");
    }
    free(values);
    free(marked);
}

static bool same_manager(const struct pb_report_model *model, const struct pb_cell *a,
                         const struct pb_cell *b)
{
    const struct pb_journal_arm *x = pb_report_arm(model, a->arm),
                                *y = pb_report_arm(model, b->arm);
    return x && y && x->manager && y->manager && strcmp(x->manager, y->manager) == 0;
}

/* Other settings of the fastest arm's manager are no rival of it, where there is one. */
static const struct pb_cell *runner_up_of(const struct pb_report_model *model,
                                          const struct pb_report_phase *phase)
{
    const struct pb_cell *next = NULL;
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->ranked[i];
        if (!pb_cell_has_figures(cell) || strcmp(cell->arm, "limit") == 0 || cell == phase->fastest)
            continue;
        if (!same_manager(model, cell, phase->fastest)) return cell;
        if (!next) next = cell;
    }
    return next;
}

static void rank_phase(struct pb_report_model *model, struct pb_report_phase *phase)
{
    phase->ranked = PB_ARENA_ARRAY(&model->arena, struct pb_cell *, phase->cell_count);
    memcpy(phase->ranked, phase->cells, phase->cell_count * sizeof *phase->cells);
    qsort(phase->ranked, phase->cell_count, sizeof *phase->ranked, by_wall);
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->ranked[i];
        if (!pb_cell_has_figures(cell) || strcmp(cell->arm, "limit") == 0) continue;
        if (phase->contestants++ == 0) phase->fastest = cell;
    }
    phase->runner_up = runner_up_of(model, phase);
    for (size_t i = 0; i < phase->cell_count && phase->fastest; i++)
        if (pb_cell_has_figures(phase->cells[i]))
            phase->cells[i]->over_fastest = phase->cells[i]->metric[PB_M_WALL].median /
                                            phase->fastest->metric[PB_M_WALL].median;
}

static void rank_phases(struct pb_report_model *model)
{
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++)
            rank_phase(model, &model->registries[r].phases[p]);
}

static void note_results(struct pb_report_model *model)
{
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++)
            for (size_t c = 0; c < model->registries[r].phases[p].cell_count; c++) {
                const struct pb_cell *cell = model->registries[r].phases[p].cells[c];
                if (cell->was_tried) model->registries[r].has_results = true;
            }
}

int pb_report_model_make(const struct pb_journal_data *journal, struct pb_report_model *out,
                         struct pb_err *err)
{
    (void)err;
    *out =
        (struct pb_report_model){.arena = PB_ARENA_INIT, .journal = journal, .run = journal->run};
    if (!journal->run.id) pb_run_of_samples(journal, &out->run);
    struct pb_map by_key = PB_MAP_INIT;
    make_cells(out, &by_key);
    for (size_t i = 0; i < journal->seed_count; i++) {
        const struct pb_journal_seed *seed = &journal->seeds[i];
        struct pb_cell *cell = find_cell(&by_key, seed->registry, seed->phase, seed->arm);
        if (!cell) continue;
        pb_cell_note_outcome(cell, seed->outcome, seed->reason);
        cell->was_tried = true;
    }
    fill_cells(out, &by_key);
    pb_report_apply_findings(out);
    describe_cells(&out->arena, &by_key);
    rank_phases(out);
    note_results(out);
    pb_map_release(&by_key);
    return 0;
}

bool pb_cell_has_figures(const struct pb_cell *cell)
{
    return (cell->outcome == PB_OUTCOME_OK || cell->outcome == PB_OUTCOME_CONTAMINATED) &&
           cell->metric[PB_M_WALL].has;
}

const struct pb_journal_arm *pb_report_arm(const struct pb_report_model *model, const char *name)
{
    for (size_t i = 0; i < model->journal->arm_count; i++)
        if (strcmp(model->journal->arms[i].name, name) == 0) return &model->journal->arms[i];
    return NULL;
}

void pb_report_model_release(struct pb_report_model *model)
{
    pb_arena_release(&model->arena);
}
