/* SPDX-License-Identifier: MIT */
#ifndef PB_HISTORY_REPORT_H
#define PB_HISTORY_REPORT_H

#include "base/buf.h"
#include "harness/history/history.h"
#include "harness/stats/change_points.h"
#include "reports/model.h"

/* From a result folder to the history, and what is shown of the history. */

/* The run and the points of a compared model: each arm against its baseline, every timed metric.
 * Strings are the model's or in the arena. */
struct pb_history_points {
    struct pb_history_run run;
    struct pb_history_point *items;
    size_t n;
};
int pb_history_points_of(const struct pb_report_model *model, struct pb_arena *arena,
                         struct pb_history_points *out, struct pb_err *err) PB_MUST_CHECK;

/* A series with its changes: only entries with a ratio count, `entry[i]` is the i-th of them. */
enum { PB_TREND_MAX = 1000, PB_TREND_CHANGES_MAX = 32 };
struct pb_trend {
    const struct pb_history_series *series;
    const struct pb_history_entry **entry;
    double *log_ratio;
    size_t n; /* the last PB_TREND_MAX */
    struct pb_change_point changes[PB_TREND_CHANGES_MAX];
    size_t change_count;
};
void pb_trend_make(const struct pb_history_series *series, struct pb_arena *arena,
                   struct pb_trend *out);

/* One line per series: latest ratio, number of runs, the last change. */
void pb_history_table(struct pb_buf *out, const struct pb_trend *trends, size_t n);
void pb_history_run_table(struct pb_buf *out, const struct pb_history_runs *runs);

struct pb_plot_options {
    unsigned width; /* columns of the terminal, pixels of the picture */
    bool ascii, color;
};
/* A plot of each series, levels and changes marked, for a terminal. */
void pb_history_plot_text(struct pb_buf *out, const struct pb_trend *trends, size_t n,
                          const struct pb_plot_options *options);
/* A stand-alone SVG document. */
void pb_history_plot_svg(struct pb_buf *out, const struct pb_trend *trends, size_t n,
                         const struct pb_plot_options *options);

/* Every point with all that is known of its run. */
void pb_history_csv(struct pb_buf *out, const struct pb_history_result *result);
void pb_history_json(struct pb_buf *out, const struct pb_history_result *result,
                     struct pb_arena *arena);

#endif
