/* SPDX-License-Identifier: MIT */
/* The rows of a picture that come from the registry's log and from the installer's own spans. */
#include "reports/trace/picture.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WATERFALL = 110, GAP = 8, STAGE = 22, STAGE_GAP = 4, MOST_STAGES = 8 };

struct request {
    int64_t begin_ns, end_ns;
    bool is_metadata;
};

static int by_begin(const void *a, const void *b)
{
    const struct request *x = a, *y = b;
    return (x->begin_ns > y->begin_ns) - (x->begin_ns < y->begin_ns);
}

/* Those that were answered to the end. */
static size_t read_requests(const cJSON *list, struct request *out, size_t max)
{
    size_t n = 0;
    const cJSON *request;
    cJSON_ArrayForEach (request, list) {
        double begin_ns = pb_json_num(request, "began_ns", 0);
        double end_ns = pb_json_num(request, "ended_ns", 0);
        const char *kind = pb_json_cstr(request, "kind");
        if (n == max || !(begin_ns > 0 && end_ns >= begin_ns && end_ns < 9e18)) continue;
        out[n++] = (struct request){(int64_t)begin_ns, (int64_t)end_ns,
                                    kind && strcmp(kind, "metadata") == 0};
    }
    qsort(out, n, sizeof *out, by_begin);
    return n;
}

/* One path for all of a kind. A line is at least two pixels long. */
static void put_lines(struct pb_picture *p, const struct request *requests, size_t n,
                      bool is_metadata)
{
    double line = (double)WATERFALL / (double)n;
    pb_buf_printf(p->out, "<path class=\"c%d\" stroke-width=\"%.3g\" d=\"", is_metadata ? 1 : 0,
                  fmin(3, fmax(0.8, line)));
    for (size_t i = 0; i < n; i++) {
        if (requests[i].is_metadata != is_metadata) continue;
        double from = pb_picture_x(p, requests[i].begin_ns);
        double to = fmax(from + 2, pb_picture_x(p, requests[i].end_ns));
        if (from < 0 || to > PB_PICTURE_PIXELS) continue;
        pb_buf_printf(p->out, "M%.1f %.1fh%.1f", PB_PICTURE_LEFT + from,
                      p->y + line * ((double)i + 0.5), to - from);
    }
    pb_buf_add_cstr(p->out, "\"/>\n");
}

void pb_picture_requests(struct pb_picture *p, const cJSON *log)
{
    const cJSON *list = pb_json_get(log, "requests");
    size_t max = (size_t)cJSON_GetArraySize(list), metadata = 0;
    struct request *requests = pb_calloc(max + 1, sizeof *requests);
    size_t n = read_requests(list, requests, max);
    for (size_t i = 0; i < n; i++)
        metadata += requests[i].is_metadata;
    if (n) {
        char note[96];
        snprintf(note, sizeof note, "%zu metadata, %zu packages", metadata, n - metadata);
        pb_picture_label(p, "requests", p->y + 10);
        put_lines(p, requests, n, true);
        put_lines(p, requests, n, false);
        pb_picture_note(p, note, p->y + 8);
        p->y += WATERFALL + GAP;
    }
    free(requests);
}

/* How many of a name are open, by pixel: the most at any time within it. */
static double count_open(const struct pb_picture *p, const struct pb_trace_spans *spans,
                         const char *name, double *open)
{
    double largest = 0;
    memset(open, 0, PB_PICTURE_PIXELS * sizeof *open);
    for (size_t i = 0; i < spans->n; i++) {
        if (strcmp(spans->items[i].name, name) != 0) continue;
        double from = fmax(0, pb_picture_x(p, spans->items[i].begin_ns));
        double to = pb_picture_x(p, spans->items[i].end_ns);
        for (int k = (int)from; k < PB_PICTURE_PIXELS && k < to; k++)
            open[k] += fmin(to, k + 1) - fmax(from, k);
    }
    for (int k = 0; k < PB_PICTURE_PIXELS; k++)
        largest = fmax(largest, open[k]);
    return largest;
}

void pb_picture_stages(struct pb_picture *p, const struct pb_trace_spans *spans)
{
    const char *names[MOST_STAGES];
    size_t n = 0;
    double *open = pb_calloc(PB_PICTURE_PIXELS, sizeof *open);
    for (size_t i = 0; i < spans->n && n < MOST_STAGES; i++) {
        size_t k = 0;
        while (k < n && strcmp(names[k], spans->items[i].name) != 0)
            k++;
        if (k == n) names[n++] = spans->items[i].name;
    }
    for (size_t i = 0; i < n; i++) {
        char note[64];
        double largest = count_open(p, spans, names[i], open);
        snprintf(note, sizeof note, largest > 1 ? "up to %.0f at a time" : "%.0f at a time",
                 ceil(largest));
        pb_picture_label(p, names[i], p->y + STAGE / 2.0);
        pb_picture_area(p, "a6", open, largest, STAGE);
        if (largest >= 1) pb_picture_note(p, note, p->y + STAGE / 2.0);
        p->y += STAGE + STAGE_GAP;
    }
    p->y += n ? GAP : 0;
    free(open);
}
