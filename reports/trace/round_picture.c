/* SPDX-License-Identifier: MIT */
#include "reports/trace/picture.h"
#include "reports/trace/trace_rounds.h"

#include <fcntl.h>
#include <stdio.h>

#define JSON_MAX_BYTES ((size_t)512 << 20)

/* All that a panel is drawn from; released even when only a part could be read. */
struct round_data {
    struct pb_trace_timeline timeline;
    struct pb_json requests, spans_json;
    struct pb_trace_spans spans;
    char title[160];
};

static int read_round(const struct pb_trace_round *round, struct round_data *out,
                      struct pb_trace_panel *panel, struct pb_err *err)
{
    *out = (struct round_data){0};
    snprintf(out->title, sizeof out->title, "%s round: %.2f s%s", round->label,
             (double)round->wall_ns / 1e9, round->lost > 0 ? " (events were lost)" : "");
    *panel = (struct pb_trace_panel){.title = out->title, .timeline = &out->timeline};
    if (pb_trace_timeline_read(&out->timeline, round->timeline, err) != 0) return -1;
    if (round->requests) {
        if (pb_json_load(&out->requests, AT_FDCWD, round->requests, JSON_MAX_BYTES, err) != 0)
            return -1;
        panel->requests = out->requests.root;
    }
    if (!round->spans) return 0;
    if (pb_json_load(&out->spans_json, AT_FDCWD, round->spans, JSON_MAX_BYTES, err) != 0) return -1;
    pb_trace_spans_read(&out->spans, out->spans_json.root);
    panel->spans = &out->spans;
    return 0;
}

static void release_round(struct round_data *data)
{
    pb_trace_spans_release(&data->spans);
    pb_json_free(&data->spans_json);
    pb_json_free(&data->requests);
    pb_trace_timeline_release(&data->timeline);
}

int pb_trace_rounds_picture(const struct pb_trace_rounds *rounds, struct pb_buf *svg,
                            struct pb_err *err)
{
    struct round_data data[2];
    struct pb_trace_panel panels[2];
    char title[256];
    size_t n = 0;
    int rc = 0;
    while (n < rounds->n && rc == 0) {
        rc = read_round(&rounds->items[n], &data[n], &panels[n], err);
        n++;
    }
    const struct pb_sample *s = rounds->items[0].sample;
    snprintf(title, sizeof title, "%s, %s", s->arm, s->phase);
    if (rc == 0) pb_trace_picture(title, panels, n, svg);
    while (n > 0)
        release_round(&data[--n]);
    return rc;
}
