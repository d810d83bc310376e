/* SPDX-License-Identifier: MIT */
#include "reports/trace/trace_rounds.h"

#include "base/json.h"
#include "base/mem.h"
#include "reports/trace/tracks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON_MAX_BYTES ((size_t)512 << 20)
#define SAMPLES_MAX 128

static bool is_wanted(const struct pb_sample *s, const char *arm, const char *phase)
{
    bool holds = s->outcome == PB_OUTCOME_OK || s->outcome == PB_OUTCOME_CONTAMINATED;
    return s->traced && holds && s->trace && s->detail_json && strcmp(s->trace, "timeline") == 0 &&
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

/* A name from a journal stays below the result folder. */
static const char *path_of(struct pb_arena *arena, const char *dir, const cJSON *detail,
                           const char *key)
{
    const char *name = pb_json_cstr(detail, key);
    if (!name || name[0] == '/' || strstr(name, "..")) return NULL;
    return pb_arena_printf(arena, "%s/%s", dir, name);
}

static int add_round(struct pb_arena *arena, const char *dir, const char *label,
                     const struct pb_sample *sample, struct pb_trace_rounds *out,
                     struct pb_err *err)
{
    struct pb_json detail;
    if (pb_json_parse(&detail, pb_str(sample->detail_json), "the journal's trace", err) != 0)
        return -1;
    struct pb_trace_round round = {.label = label,
                                   .sample = sample,
                                   .wall_ns = sample->metrics.value[PB_M_WALL],
                                   .timeline = path_of(arena, dir, detail.root, "file"),
                                   .requests = path_of(arena, dir, detail.root, "requests"),
                                   .spans = path_of(arena, dir, detail.root, "spans"),
                                   .lost = pb_json_num(detail.root, "lost", 0)};
    pb_json_free(&detail);
    if (!round.timeline)
        return pb_err_set(err, PB_E_BAD_INPUT, "trace: the journal of %s names no timeline", dir);
    out->items[out->n++] = round;
    return 0;
}

int pb_trace_rounds_find(struct pb_arena *arena, const struct pb_journal_data *journal,
                         const char *dir, const char *arm, const char *phase,
                         struct pb_trace_rounds *out, struct pb_err *err)
{
    const struct pb_sample *found[SAMPLES_MAX];
    size_t n = 0;
    *out = (struct pb_trace_rounds){0};
    for (size_t i = 0; i < journal->sample_count && n < SAMPLES_MAX; i++)
        if (is_wanted(journal->samples[i], arm, phase)) found[n++] = journal->samples[i];
    if (n == 0)
        return pb_err_set(err, PB_E_NOT_FOUND,
                          "trace: %s has no timeline of arm %s in phase %s that holds: run "
                          "phasebench trace, or phasebench run --trace timeline",
                          dir, arm, phase);
    qsort(found, n, sizeof *found, by_wall);
    if (n == 1) return add_round(arena, dir, "only", found[0], out, err);
    if (add_round(arena, dir, "median", found[(n - 1) / 2], out, err) != 0) return -1;
    return add_round(arena, dir, "worst", found[n - 1], out, err);
}

static int put_requests(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                        const char *path, struct pb_err *err)
{
    struct pb_json log;
    if (!path) return 0;
    if (pb_json_load(&log, AT_FDCWD, path, JSON_MAX_BYTES, err) != 0) return -1;
    pb_trace_put_requests(out, place, log.root);
    pb_json_free(&log);
    return 0;
}

static int put_spans(struct pb_chrome_out *out, const struct pb_trace_round_place *place,
                     const char *path, const struct pb_trace_timeline *timeline, struct pb_err *err)
{
    struct pb_json spans;
    if (!path) return 0;
    if (pb_json_load(&spans, AT_FDCWD, path, JSON_MAX_BYTES, err) != 0) return -1;
    pb_trace_put_spans(out, place, spans.root, timeline);
    pb_json_free(&spans);
    return 0;
}

static int put_round(struct pb_chrome_out *out, const struct pb_trace_round *round, size_t index,
                     struct pb_err *err)
{
    char prefix[64];
    struct pb_trace_timeline timeline;
    snprintf(prefix, sizeof prefix, "%s %.2f s: ", round->label, (double)round->wall_ns / 1e9);
    int rc = pb_trace_timeline_read(&timeline, round->timeline, err);
    struct pb_trace_round_place place = {.prefix = prefix,
                                         .pid_base = (int64_t)index * PB_TRACE_PID_SPAN,
                                         .sort_base = (int)index * 1000,
                                         .zero_ns = (int64_t)timeline.header.started_ns};
    if (rc == 0) pb_trace_put_timeline(out, &place, &timeline);
    if (rc == 0) rc = put_requests(out, &place, round->requests, err);
    if (rc == 0) rc = put_spans(out, &place, round->spans, &timeline, err);
    pb_trace_timeline_release(&timeline);
    return rc;
}

int pb_trace_rounds_write(const struct pb_trace_rounds *rounds, int fd, struct pb_err *err)
{
    struct pb_chrome_out out;
    int rc = 0;
    pb_chrome_open(&out, fd);
    for (size_t i = 0; i < rounds->n && rc == 0; i++)
        rc = put_round(&out, &rounds->items[i], i, err);
    return pb_chrome_close(&out, rc == 0 ? err : NULL) == 0 ? rc : -1;
}

int pb_trace_rounds_flame(const struct pb_trace_rounds *rounds, enum pb_flame_kind kind,
                          struct pb_flame *flame, struct pb_err *err)
{
    struct pb_trace_timeline timeline;
    int rc = pb_trace_timeline_read(&timeline, rounds->items[0].timeline, err);
    if (rc == 0) pb_flame_add_timeline(flame, &timeline, kind);
    pb_trace_timeline_release(&timeline);
    return rc;
}
