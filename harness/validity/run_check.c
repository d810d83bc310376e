/* SPDX-License-Identifier: MIT */
#include "harness/validity/run_check.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int by_cell(const struct pb_sample *x, const struct pb_sample *y)
{
    int order = strcmp(x->registry, y->registry);
    if (!order) order = strcmp(x->phase, y->phase);
    if (!order) order = (x->stage > y->stage) - (x->stage < y->stage);
    return order ? order : strcmp(x->arm, y->arm);
}

static int by_cell_and_round(const void *a, const void *b)
{
    const struct pb_sample *x = *(const struct pb_sample *const *)a,
                           *y = *(const struct pb_sample *const *)b;
    int order = by_cell(x, y);
    return order ? order : (x->round > y->round) - (x->round < y->round);
}

/* `samples` has room for all of them. */
static void sort_into_rows(struct pb_run_judging *j, const struct pb_sample **samples)
{
    size_t n = 0;
    for (size_t i = 0; i < j->journal->sample_count; i++)
        if (!j->journal->samples[i]->traced) samples[n++] = j->journal->samples[i];
    if (n) qsort(samples, n, sizeof(struct pb_sample *), by_cell_and_round);
    j->rows = pb_calloc(n + 1, sizeof *j->rows);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || by_cell(samples[i - 1], samples[i]) != 0)
            j->rows[j->row_count++] = (struct pb_run_rows){.registry = samples[i]->registry,
                                                           .phase = samples[i]->phase,
                                                           .arm = samples[i]->arm,
                                                           .stage = samples[i]->stage,
                                                           .samples = &samples[i]};
        j->rows[j->row_count - 1].n++;
    }
}

void pb_run_checks_judge(struct pb_arena *arena, const struct pb_journal_data *journal,
                         struct pb_run_finding **out, size_t *n)
{
    struct pb_run_judging j = {.arena = arena, .journal = journal};
    const struct pb_sample **samples =
        pb_calloc(journal->sample_count + 1, sizeof(struct pb_sample *));
    sort_into_rows(&j, samples);
    for (size_t i = 0; i < pb_run_check_count; i++)
        pb_run_check_table[i].run(&j, &pb_run_check_table[i]);
    free(j.rows);
    free(samples);
    *out = j.findings;
    *n = j.finding_count;
}

void pb_run_find(struct pb_run_judging *j, struct pb_run_finding finding, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    finding.reason = pb_arena_vprintf(j->arena, fmt, ap);
    va_end(ap);
    PB_GROW(j->findings, j->cap, j->finding_count + 1);
    j->findings[j->finding_count++] = finding;
}

bool pb_run_same_phase(const struct pb_run_rows *a, const struct pb_run_rows *b)
{
    return strcmp(a->registry, b->registry) == 0 && strcmp(a->phase, b->phase) == 0 &&
           a->stage == b->stage;
}

bool pb_run_row_counts(const struct pb_sample *sample)
{
    return sample->round >= 1 &&
           (sample->outcome == PB_OUTCOME_OK || sample->outcome == PB_OUTCOME_CONTAMINATED);
}
