/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_TIME_SPLIT_H
#define PB_REPORT_TIME_SPLIT_H

#include "harness/journal/journal.h"
#include "harness/probes/time_class.h"

#include <stddef.h>

/* Where the time of a cell went, from its traced samples (harness/probes/trace_detail.h), which
 * count in nothing else. */
struct pb_time_split {
    size_t samples;             /* 0: not traced */
    double ns[PB_TIME_CLASSES]; /* the mean of the samples */
};
struct pb_time_splits {
    struct pb_time_split wall;    /* of level timeline: its parts are the wall time */
    struct pb_time_split threads; /* of level sched: the time of all threads, parked ones too */
};

/* Adds a traced sample that holds; damaged details are left out. */
void pb_time_splits_add(struct pb_time_splits *splits, const struct pb_sample *sample);
double pb_time_split_total(const struct pb_time_split *split);

#endif
