/* SPDX-License-Identifier: MIT */
#include "harness/compare/trace_figures.h"

#include "base/json.h"
#include "base/map.h"
#include "harness/compare/stage_spans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_BYTES = 200, FIGURES_MAX = 4096, DEPTH_MAX = 8 };

const char *pb_figure_source_name(enum pb_figure_source source)
{
    static const char *const names[] = {"counts", "sched", "syscalls", "stages"};
    return names[source];
}

/* Samples of one source say nothing about another. */
struct collecting {
    struct pb_arena *arena;
    struct pb_map by_path; /* of struct pb_trace_figure: sums, until the end */
    size_t n;
    enum pb_figure_source source;
    int side;
    size_t samples[PB_FIGURE_SOURCES][2];
};

static void add_number(struct collecting *c, const char *path, double value)
{
    struct pb_trace_figure *known = pb_map_get(&c->by_path, pb_str(path));
    if (!known) {
        if (c->n == FIGURES_MAX) return;
        known = PB_ARENA_NEW(c->arena, struct pb_trace_figure);
        known->source = c->source;
        known->path = pb_arena_cstr(c->arena, pb_str(path));
        pb_map_put(&c->by_path, pb_str(known->path), known);
        c->n++;
    }
    known->mean[c->side] += value;
}

static const char *label_of(const cJSON *element)
{
    const char *name = pb_json_cstr(element, "name");
    return name ? name : pb_json_cstr(element, "reason");
}

static void walk(struct collecting *c, const cJSON *value, const char *path, int depth)
{
    const cJSON *child;
    bool is_list = cJSON_IsArray(value);
    if (cJSON_IsNumber(value)) add_number(c, path, value->valuedouble);
    if ((!is_list && !cJSON_IsObject(value)) || depth == DEPTH_MAX) return;
    cJSON_ArrayForEach (child, value) {
        char longer[PATH_MAX_BYTES];
        const char *label = is_list ? label_of(child) : child->string;
        if (!label) continue;
        snprintf(longer, sizeof longer, "%s%s%s", path, *path ? "." : "", label);
        walk(c, child, longer, depth + 1);
    }
}

static void add_text(struct collecting *c, enum pb_figure_source source, const char *text)
{
    c->source = source;
    cJSON *root = text ? cJSON_Parse(text) : NULL;
    if (!root) return;
    c->samples[source][c->side]++;
    walk(c, root, "", 0);
    cJSON_Delete(root);
}

static void add_stages(struct collecting *c, const char *dir, const char *detail)
{
    char path[PATH_MAX_BYTES];
    struct pb_stage_span *spans;
    size_t n = pb_stage_spans_read(c->arena, dir, detail, &spans);
    c->source = PB_FIGURE_STAGES;
    c->samples[c->source][c->side] += n > 0;
    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof path, "stages.%s.ns", spans[i].stage);
        add_number(c, path, spans[i].ns);
        snprintf(path, sizeof path, "stages.%s.count", spans[i].stage);
        add_number(c, path, (double)spans[i].count);
    }
}

static void add_detail(struct collecting *c, const char *dir, const struct pb_sample *s)
{
    if (!s->trace) return;
    if (strcmp(s->trace, "sched") == 0) add_text(c, PB_FIGURE_SCHED, s->detail_json);
    if (strcmp(s->trace, "syscalls") == 0) add_text(c, PB_FIGURE_SYSCALLS, s->detail_json);
    if (strcmp(s->trace, "timeline") == 0) add_stages(c, dir, s->detail_json);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct pb_trace_figure *)a)->path,
                  ((const struct pb_trace_figure *)b)->path);
}

static size_t finish(struct collecting *c, const struct pb_trace_figure **out)
{
    size_t n = 0;
    struct pb_trace_figure *list = PB_ARENA_ARRAY(c->arena, struct pb_trace_figure, c->n);
    PB_MAP_EACH (&c->by_path, entry) {
        const struct pb_trace_figure *found = entry->value;
        const size_t *samples = c->samples[found->source];
        if (!samples[0] || !samples[1]) continue;
        list[n] = *found;
        for (int side = 0; side < 2; side++)
            list[n].mean[side] /= (double)samples[side];
        n++;
    }
    if (n) qsort(list, n, sizeof *list, by_path);
    *out = list;
    return n;
}

size_t pb_trace_figures(struct pb_arena *arena, const struct pb_journal_data *journal,
                        const char *dir, const char *registry, const char *phase,
                        const char *candidate, const char *baseline,
                        const struct pb_trace_figure **out)
{
    struct collecting c = {.arena = arena, .by_path = PB_MAP_INIT};
    for (size_t i = 0; i < journal->sample_count; i++) {
        const struct pb_sample *s = journal->samples[i];
        if (strcmp(s->registry, registry) != 0 || strcmp(s->phase, phase) != 0 ||
            (s->round < 1 && !s->traced))
            continue;
        if (strcmp(s->arm, candidate) != 0 && strcmp(s->arm, baseline) != 0) continue;
        c.side = strcmp(s->arm, baseline) == 0;
        add_text(&c, PB_FIGURE_COUNTS, s->counts_json);
        add_detail(&c, dir, s);
    }
    size_t n = finish(&c, out);
    pb_map_release(&c.by_path);
    return n;
}
