/* SPDX-License-Identifier: MIT */
#include "reports/trace/trace_rounds.h"

#include "base/json.h"
#include "reports/trace/traced_samples.h"
#include "reports/trace/tracks.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define JSON_MAX_BYTES ((size_t)512 << 20)

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
                                   .timeline = pb_traced_file(arena, dir, detail.root, "file"),
                                   .requests = pb_traced_file(arena, dir, detail.root, "requests"),
                                   .spans = pb_traced_file(arena, dir, detail.root, "spans"),
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
    const struct pb_sample *found[PB_TRACED_SAMPLES_MAX];
    *out = (struct pb_trace_rounds){0};
    size_t n = pb_traced_samples(journal, "timeline", arm, phase, found);
    if (n == 0)
        return pb_err_set(err, PB_E_NOT_FOUND,
                          "trace: %s has no timeline of arm %s in phase %s that holds: run "
                          "phasebench trace, or phasebench run --trace timeline",
                          dir, arm, phase);
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

int pb_trace_rounds_waits(const struct pb_trace_rounds *rounds, struct pb_flame *flame,
                          struct pb_err *err)
{
    struct pb_trace_timeline timeline;
    int rc = pb_trace_timeline_read(&timeline, rounds->items[0].timeline, err);
    if (rc == 0) pb_flame_add_waits(flame, &timeline);
    pb_trace_timeline_release(&timeline);
    return rc;
}
