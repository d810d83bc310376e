/* SPDX-License-Identifier: MIT */
#include "reports/trace/spans.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_phase(const cJSON *event, const char *phase)
{
    const char *ph = pb_json_cstr(event, "ph");
    return ph && strcmp(ph, phase) == 0;
}

static int64_t ns_of(const cJSON *event, const char *key)
{
    double ns = pb_json_num(event, key, NAN) * 1000;
    return ns >= 0 && ns < 9e18 ? (int64_t)ns : -1;
}

static void add_span(struct pb_trace_spans *spans, const cJSON *event, int64_t tid,
                     int64_t begin_ns, int64_t end_ns)
{
    const char *category = pb_json_cstr(event, "cat");
    if (begin_ns < 0 || end_ns < begin_ns || spans->n == PB_TRACE_SPANS_MAX) return;
    if (spans->n == spans->capacity) {
        spans->capacity = spans->capacity ? 2 * spans->capacity : 1024;
        spans->items = pb_realloc(spans->items, spans->capacity * sizeof *spans->items);
    }
    spans->items[spans->n++] = (struct pb_trace_span){.name = pb_json_cstr(event, "name"),
                                                      .category = category ? category : "stage",
                                                      .args = pb_json_get(event, "args"),
                                                      .begin_ns = begin_ns,
                                                      .end_ns = end_ns,
                                                      .tid = tid};
}

/* An id is a number or a text, and is one's own within a category. */
static struct pb_str id_of(struct pb_trace_spans *spans, const cJSON *event)
{
    const char *category = pb_json_cstr(event, "cat"), *text = pb_json_cstr(event, "id");
    return pb_str(text ? pb_arena_printf(&spans->arena, "%s\n%s", category ? category : "", text)
                       : pb_arena_printf(&spans->arena, "%s\n#%.0f", category ? category : "",
                                         pb_json_num(event, "id", -1)));
}

static void take_event(struct pb_trace_spans *spans, const cJSON *event)
{
    if (!pb_json_cstr(event, "name")) return;
    int64_t begin_ns = ns_of(event, "ts");
    double tid = pb_json_num(event, "tid", 0);
    if (is_phase(event, "X") && begin_ns >= 0 && tid > 0 && tid < PB_TRACE_TID_MAX) {
        int64_t ns = ns_of(event, "dur");
        add_span(spans, event, (int64_t)tid, begin_ns, ns < 0 ? -1 : begin_ns + ns);
    } else if (is_phase(event, "b")) {
        pb_map_put(&spans->open, id_of(spans, event), (void *)(uintptr_t)event);
    } else if (is_phase(event, "e")) {
        const cJSON *begin = pb_map_get(&spans->open, id_of(spans, event));
        if (begin) add_span(spans, begin, 0, ns_of(begin, "ts"), begin_ns);
    }
}

/* What encloses others comes before them. */
static int by_begin(const void *a, const void *b)
{
    const struct pb_trace_span *x = a, *y = b;
    if (x->begin_ns != y->begin_ns) return x->begin_ns < y->begin_ns ? -1 : 1;
    return (x->end_ns < y->end_ns) - (x->end_ns > y->end_ns);
}

void pb_trace_spans_read(struct pb_trace_spans *out, const cJSON *trace)
{
    const cJSON *event;
    *out = (struct pb_trace_spans){.arena = PB_ARENA_INIT, .open = PB_MAP_INIT};
    cJSON_ArrayForEach (event, pb_json_get(trace, "traceEvents"))
        take_event(out, event);
    if (out->n) qsort(out->items, out->n, sizeof *out->items, by_begin);
}

void pb_trace_spans_release(struct pb_trace_spans *spans)
{
    free(spans->items);
    pb_map_release(&spans->open);
    pb_arena_release(&spans->arena);
    *spans = (struct pb_trace_spans){0};
}
