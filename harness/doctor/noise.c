/* SPDX-License-Identifier: MIT */
#include "harness/doctor/noise.h"

#include "harness/stats/describe.h"
#include "harness/stats/signed_rank.h"

#include <math.h>
#include <string.h>

static bool counts(const struct pb_sample *s)
{
    return !s->traced && s->round >= 1 && s->metrics.has[PB_M_WALL] &&
           (s->outcome == PB_OUTCOME_OK || s->outcome == PB_OUTCOME_CONTAMINATED);
}

static bool is_of(const struct pb_sample *s, const struct pb_noise_cell *cell, const char *arm)
{
    return strcmp(s->registry, cell->registry) == 0 && strcmp(s->phase, cell->phase) == 0 &&
           strcmp(s->arm, arm) == 0;
}

static const struct pb_sample *partner(const struct pb_journal_data *journal,
                                       const struct pb_noise_cell *cell, const char *arm, int round)
{
    for (size_t i = 0; i < journal->sample_count; i++) {
        const struct pb_sample *s = journal->samples[i];
        if (s->round == round && counts(s) && is_of(s, cell, arm)) return s;
    }
    return NULL;
}

/* The first reason why a sample of the cell does not count. */
static const char *why_nothing(const struct pb_journal_data *journal,
                               const struct pb_noise_cell *cell)
{
    for (size_t i = 0; i < journal->seed_count; i++)
        if (strcmp(journal->seeds[i].phase, cell->phase) == 0 && journal->seeds[i].reason)
            return journal->seeds[i].reason;
    for (size_t i = 0; i < journal->sample_count; i++)
        if (strcmp(journal->samples[i]->phase, cell->phase) == 0 && journal->samples[i]->reason)
            return journal->samples[i]->reason;
    return "no round has both arms";
}

static void measure(const struct pb_journal_data *journal, struct pb_noise_cell *cell)
{
    const char *first = journal->run.arms[0], *second = journal->run.arms[1];
    double d[PB_SIGNED_RANK_MAX], scratch[PB_SIGNED_RANK_MAX], sizes[PB_SIGNED_RANK_MAX];
    size_t n = 0;
    for (size_t i = 0; i < journal->sample_count && n < PB_SIGNED_RANK_MAX; i++) {
        const struct pb_sample *a = journal->samples[i];
        if (!counts(a) || !is_of(a, cell, first)) continue;
        const struct pb_sample *b = partner(journal, cell, second, a->round);
        if (b && pb_log_ratio((double)b->metrics.value[PB_M_WALL],
                              (double)a->metrics.value[PB_M_WALL], &d[n]))
            n++;
    }
    for (size_t i = 0; i < n; i++)
        sizes[i] = fabs(d[i]);
    cell->paired = pb_paired(d, n);
    cell->noise = pb_describe(sizes, n, scratch).median;
    if (n == 0) cell->missing = why_nothing(journal, cell);
}

size_t pb_noise_of(struct pb_arena *arena, const struct pb_journal_data *journal,
                   struct pb_noise_cell **out)
{
    const struct pb_journal_run *run = &journal->run;
    size_t n = 0;
    *out = PB_ARENA_ARRAY(arena, struct pb_noise_cell, run->registry_count * run->phase_count);
    if (run->arm_count < 2) return 0;
    for (size_t r = 0; r < run->registry_count; r++)
        for (size_t p = 0; p < run->phase_count; p++) {
            struct pb_noise_cell *cell = &(*out)[n++];
            *cell = (struct pb_noise_cell){.registry = run->registries[r], .phase = run->phases[p]};
            measure(journal, cell);
        }
    return n;
}

bool pb_noise_found(const struct pb_noise_cell *cell)
{
    return !cell->missing && cell->paired.has_interval && cell->paired.low > 0;
}

static void add_text(struct pb_buf *out, const char *key, const char *text)
{
    pb_buf_printf(out, "\"%s\": ", key);
    if (text)
        pb_buf_add_json(out, pb_str(text));
    else
        pb_buf_add_cstr(out, "null");
}

static void add_cell(struct pb_buf *out, const struct pb_noise_cell *cell)
{
    pb_buf_add_cstr(out, "    {");
    add_text(out, "registry", cell->registry);
    pb_buf_add_cstr(out, ", ");
    add_text(out, "phase", cell->phase);
    pb_buf_printf(out, ", \"metric\": \"%s\", \"pairs\": %zu, \"change\": %.6f, \"noise\": %.6f",
                  pb_metric_table[PB_M_WALL].name, cell->paired.n,
                  pb_relative_change(cell->paired.estimate), pb_relative_change(cell->noise));
    if (cell->paired.has_interval)
        pb_buf_printf(out,
                      ", \"low\": %.6f, \"high\": %.6f, \"level\": %.4f, "
                      "\"smallest_visible\": %.6f",
                      pb_relative_change(cell->paired.low), pb_relative_change(cell->paired.high),
                      cell->paired.level, pb_relative_change(cell->paired.smallest_visible));
    pb_buf_add_char(out, '}');
}

void pb_noise_print_json(const struct pb_journal_data *journal, const struct pb_noise_cell *cells,
                         size_t n, struct pb_buf *out)
{
    const struct pb_journal_arm *arm = journal->arm_count ? &journal->arms[0] : NULL;
    size_t written = 0;
    pb_buf_add_cstr(out, "{\n  \"schema\": \"phasebench-aa/1\",\n  ");
    add_text(out, "manager", arm ? arm->manager : NULL);
    pb_buf_add_cstr(out, ",\n  ");
    add_text(out, "version", arm ? arm->version : NULL);
    pb_buf_add_cstr(out, ",\n  ");
    add_text(out, "started_utc", journal->run.started_utc);
    pb_buf_add_cstr(out, ",\n  ");
    add_text(out, "cpu", journal->run.cpu);
    pb_buf_add_cstr(out, ",\n  ");
    add_text(out, "filesystem", journal->run.filesystem);
    pb_buf_add_cstr(out, ",\n  \"cells\": [\n");
    for (size_t i = 0; i < n; i++) {
        if (cells[i].missing) continue;
        if (written++) pb_buf_add_cstr(out, ",\n");
        add_cell(out, &cells[i]);
    }
    pb_buf_add_cstr(out, "\n  ]\n}\n");
}
