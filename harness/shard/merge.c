/* SPDX-License-Identifier: MIT */
#include "harness/shard/merge.h"

#include "base/fs.h"
#include "harness/journal/run_fields.h"

#include <fcntl.h>
#include <string.h>

static bool contains(const char *const *items, size_t n, const char *item)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(items[i], item) == 0) return true;
    return false;
}

static int add_names(const char **to, size_t *count, size_t max, const char *const *from, size_t n,
                     struct pb_err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (contains(to, *count, from[i])) continue;
        if (*count == max)
            return pb_err_set(err, PB_E_LIMIT, "merge: over %zu registries or phases", max);
        to[(*count)++] = from[i];
    }
    return 0;
}

/* "Xeon | EPYC": each value once. */
static const char *all_values(struct pb_arena *arena, const struct pb_shard_source *sources,
                              size_t n, const struct pb_run_field *field)
{
    const char *text = NULL;
    for (size_t i = 0; i < n; i++) {
        const char *value = pb_run_field_get(&sources[i].journal->run, field);
        bool seen = !value;
        for (size_t k = 0; k < i && !seen; k++) {
            const char *earlier = pb_run_field_get(&sources[k].journal->run, field);
            seen = earlier && strcmp(earlier, value) == 0;
        }
        if (!seen) text = text ? pb_arena_printf(arena, "%s | %s", text, value) : value;
    }
    return text;
}

static void merge_numbers(struct pb_journal_run *to, const struct pb_journal_run *from)
{
    if (to->cpus != from->cpus) to->cpus = 0;
    if (to->memory_bytes != from->memory_bytes) to->memory_bytes = 0;
    if (from->rounds > to->rounds) to->rounds = from->rounds;
    if (strcmp(from->started_utc, to->started_utc) < 0) to->started_utc = from->started_utc;
}

static int merge_run(struct pb_arena *arena, const struct pb_shard_source *sources, size_t n,
                     struct pb_journal_run *out, struct pb_err *err)
{
    *out = sources[0].journal->run;
    for (size_t i = 1; i < n; i++) {
        const struct pb_journal_run *run = &sources[i].journal->run;
        if (add_names(out->registries, &out->registry_count,
                      sizeof out->registries / sizeof *out->registries, run->registries,
                      run->registry_count, err) != 0 ||
            add_names(out->phases, &out->phase_count, sizeof out->phases / sizeof *out->phases,
                      run->phases, run->phase_count, err) != 0)
            return -1;
        merge_numbers(out, run);
    }
    for (size_t i = 0; i < pb_run_field_count; i++) {
        const char *key = pb_run_fields[i].key;
        if (pb_run_fields[i].of_machine || strcmp(key, "command_line") == 0 ||
            strcmp(key, "order_seed") == 0)
            pb_run_field_set(out, &pb_run_fields[i],
                             all_values(arena, sources, n, &pb_run_fields[i]));
    }
    out->id = pb_arena_printf(arena, "%s and %zu more", out->id, n - 1);
    return 0;
}

static int write_source(struct pb_journal *to, const struct pb_shard_source *source,
                        struct pb_err *err)
{
    const struct pb_journal_data *from = source->journal;
    if (pb_journal_write_event(to, "merged", from->run.id, err) != 0) return -1;
    for (size_t i = 0; i < from->seed_count; i++)
        if (pb_journal_write_seed(to, &from->seeds[i], err) != 0) return -1;
    for (size_t i = 0; i < from->sample_count; i++)
        if (pb_journal_write_sample(to, from->samples[i], err) != 0) return -1;
    return 0;
}

static int write_all(struct pb_journal *to, const struct pb_journal_run *run,
                     const struct pb_shard_source *sources, size_t n, struct pb_err *err)
{
    if (pb_journal_write_run(to, run, err) != 0) return -1;
    const struct pb_journal_data *first = sources[0].journal;
    for (size_t i = 0; i < first->arm_count; i++)
        if (pb_journal_write_arm(to, &first->arms[i], err) != 0) return -1;
    for (size_t i = 0; i < n; i++)
        if (write_source(to, &sources[i], err) != 0) return -1;
    return pb_journal_write_end(to, "finished", err);
}

int pb_shard_merge(const struct pb_shard_source *sources, size_t n, const char *dir,
                   struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_journal_run run;
    struct pb_journal *journal = NULL;
    int rc = pb_shard_check(sources, n, err);
    if (rc == 0) rc = merge_run(&arena, sources, n, &run, err);
    if (rc == 0 && pb_exists(AT_FDCWD, pb_arena_printf(&arena, "%s/journal.jsonl", dir)))
        rc = pb_err_set(err, PB_E_CONFLICT,
                        "merge into %s: there is a run already: give another "
                        "folder",
                        dir);
    if (rc == 0) rc = pb_mkdir_p(AT_FDCWD, dir, err);
    if (rc == 0 && !(journal = pb_journal_open(dir, err))) rc = -1;
    if (rc == 0) rc = write_all(journal, &run, sources, n, err);
    pb_journal_close(journal);
    pb_arena_release(&arena);
    return rc;
}
