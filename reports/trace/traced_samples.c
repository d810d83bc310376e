/* SPDX-License-Identifier: MIT */
#include "reports/trace/traced_samples.h"

#include <stdlib.h>
#include <string.h>

static bool is_wanted(const struct pb_sample *s, const char *level, const char *arm,
                      const char *phase)
{
    bool holds = s->outcome == PB_OUTCOME_OK || s->outcome == PB_OUTCOME_CONTAMINATED;
    return s->traced && holds && s->trace && s->detail_json && strcmp(s->trace, level) == 0 &&
           strcmp(s->arm, arm) == 0 && strncmp(s->phase, phase, strlen(phase)) == 0 &&
           s->metrics.has[PB_M_WALL];
}

static int by_wall(const void *a, const void *b)
{
    const struct pb_sample *x = *(const struct pb_sample *const *)a,
                           *y = *(const struct pb_sample *const *)b;
    int64_t dx = x->metrics.value[PB_M_WALL], dy = y->metrics.value[PB_M_WALL];
    return dx < dy ? -1 : dx > dy;
}

size_t pb_traced_samples(const struct pb_journal_data *journal, const char *level, const char *arm,
                         const char *phase, const struct pb_sample *out[PB_TRACED_SAMPLES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < journal->sample_count && n < PB_TRACED_SAMPLES_MAX; i++)
        if (is_wanted(journal->samples[i], level, arm, phase)) out[n++] = journal->samples[i];
    if (n > 0) qsort(out, n, sizeof(const struct pb_sample *), by_wall);
    return n;
}

/* A name from a journal stays below the result folder. */
const char *pb_traced_file(struct pb_arena *arena, const char *dir, const cJSON *detail,
                           const char *key)
{
    const char *name = pb_json_cstr(detail, key);
    if (!name || name[0] == '/' || strstr(name, "..")) return NULL;
    return pb_arena_printf(arena, "%s/%s", dir, name);
}
