/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_PICTURE_H
#define PB_TRACE_PICTURE_H

#include "base/json.h"
#include "reports/trace/spans.h"
#include "reports/trace/threads.h"

/*
 * A trace at a glance, as one SVG file: panels one below the other on the same scale of time, each
 * with CPUs in use, resident memory, the busiest threads by what they did or waited for, the
 * registry's requests as a waterfall, disk requests, and how many spans of each of the installer's
 * stages were open. Slices shorter than a pixel are summed: a pixel has the colour of what took
 * most of its time.
 */
struct pb_trace_panel {
    const char *title;
    const struct pb_trace_timeline *timeline;
    const cJSON *requests;              /* the registry's log, NULL: none */
    const struct pb_trace_spans *spans; /* NULL: none */
};

void pb_trace_picture(const char *title, const struct pb_trace_panel *panels, size_t n,
                      struct pb_buf *out);

/* For the picture's own files. */
enum {
    PB_PICTURE_WIDTH = 1200,
    PB_PICTURE_LEFT = 140,  /* of the plot; labels stand before it */
    PB_PICTURE_PIXELS = 880 /* of the plot; notes stand behind it */
};
struct pb_picture {
    struct pb_buf *out;
    double y;         /* of the next row's top */
    int64_t zero_ns;  /* CLOCK_MONOTONIC at the left edge, where the command begins */
    int64_t whole_ns; /* from there to the right edge */
};
/* In pixels from the left edge of the plot; not within it for times outside. */
double pb_picture_x(const struct pb_picture *p, int64_t time_ns);
void pb_picture_label(const struct pb_picture *p, const char *text, double middle);
/* Text behind the plot, for what the row comes to. */
void pb_picture_note(const struct pb_picture *p, const char *text, double middle);
/* A filled curve of PB_PICTURE_PIXELS values; nothing where all are 0. */
void pb_picture_area(const struct pb_picture *p, const char *css_class, const double *values,
                     double largest, double height);
/* Stretches of equal colour, 0: none, else a class of enum pb_time_class plus 1. */
void pb_picture_runs(const struct pb_picture *p, const uint8_t *colors, double height);

/* Each draws its rows below p->y and moves it. */
void pb_picture_usage(struct pb_picture *p, const struct pb_trace_timeline *timeline);
void pb_picture_threads(struct pb_picture *p, const struct pb_trace_timeline *timeline);
void pb_picture_disk(struct pb_picture *p, const struct pb_trace_timeline *timeline);
void pb_picture_requests(struct pb_picture *p, const cJSON *log);
void pb_picture_stages(struct pb_picture *p, const struct pb_trace_spans *spans);

#endif
