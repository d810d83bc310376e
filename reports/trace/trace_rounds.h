/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_ROUNDS_H
#define PB_TRACE_ROUNDS_H

#include "harness/journal/journal.h"
#include "reports/trace/flame.h"

/*
 * The traced samples of one arm and phase in a result folder, and what is made of them: a trace
 * with the median and the worst round side by side, and a flame graph of the median one's waits.
 */
struct pb_trace_round {
    const char *label; /* "median", "worst", or "only" */
    const struct pb_sample *sample;
    int64_t wall_ns;
    const char *timeline, *requests, *spans; /* paths; the last two may be NULL */
    double lost;                             /* events that did not fit into the ring buffer */
};
struct pb_trace_rounds {
    struct pb_trace_round items[2];
    size_t n;
};

/* Chooses among the samples of `arm` and `phase` that hold and have a timeline. `phase` may be a
 * prefix ("p3"). Texts are in the arena and in the journal. NOT_FOUND says what there is. */
int pb_trace_rounds_find(struct pb_arena *arena, const struct pb_journal_data *journal,
                         const char *dir, const char *arm, const char *phase,
                         struct pb_trace_rounds *out, struct pb_err *err) PB_MUST_CHECK;

/* Writes Chrome trace events to the descriptor. */
int pb_trace_rounds_write(const struct pb_trace_rounds *rounds, int fd,
                          struct pb_err *err) PB_MUST_CHECK;

/* All rounds in one picture (picture.h). */
int pb_trace_rounds_picture(const struct pb_trace_rounds *rounds, struct pb_buf *svg,
                            struct pb_err *err) PB_MUST_CHECK;

/* Adds the waits of the first round. */
int pb_trace_rounds_waits(const struct pb_trace_rounds *rounds, struct pb_flame *flame,
                          struct pb_err *err) PB_MUST_CHECK;

#endif
