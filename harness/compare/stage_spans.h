/* SPDX-License-Identifier: MIT */
#ifndef PB_STAGE_SPANS_H
#define PB_STAGE_SPANS_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

/* A manager's own stages, summed over the packages: from the file of Chrome trace events that it
 * wrote beside a traced sample (harness/probes/trace_detail.h, "spans"). */
struct pb_stage_span {
    const char *stage;
    double ns; /* of all its spans together; they overlap */
    size_t count;
};

/* `detail_json` is the sample's, `dir` its result folder. Complete events ("X") and pairs ("b",
 * "e") count; a stage with an open pair is left out. None when there is no file, it lies outside
 * the folder or cannot be read. Returns the number; the list lives in the arena. */
size_t pb_stage_spans_read(struct pb_arena *arena, const char *dir, const char *detail_json,
                           struct pb_stage_span **out);

#endif
