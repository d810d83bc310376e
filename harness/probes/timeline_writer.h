/* SPDX-License-Identifier: MIT */
#ifndef PB_TIMELINE_WRITER_H
#define PB_TIMELINE_WRITER_H

#include "base/err.h"

struct pb_timeline_summary;

/* Moves events from the ring buffer into a file (timeline.h) by a thread of its own. What the ring
 * still holds of an earlier sample is thrown away at the start. */
struct pb_timeline_writer;
struct pb_timeline_writer *pb_timeline_writer_start(int ring_fd, const char *path,
                                                    struct pb_err *err);
/* Empties the ring and completes the file; `out` gives `lost` and takes `events`, NULL: none
 * known. NULL writer: nothing. */
int pb_timeline_writer_stop(struct pb_timeline_writer *writer, struct pb_timeline_summary *out,
                            struct pb_err *err);

#endif
