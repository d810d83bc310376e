/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACED_SAMPLES_H
#define PB_TRACED_SAMPLES_H

#include "base/arena.h"
#include "base/json.h"
#include "harness/journal/journal.h"

enum { PB_TRACED_SAMPLES_MAX = 128 };

/* The samples of a trace level ("timeline") of `arm` and `phase` (or a prefix of it) that hold, by
 * wall time. They belong to the journal. */
size_t pb_traced_samples(const struct pb_journal_data *journal, const char *level, const char *arm,
                         const char *phase, const struct pb_sample *out[PB_TRACED_SAMPLES_MAX]);

/* The path of the file that a sample's detail names under `key`, below the result folder `dir`;
 * NULL: it names none there. */
const char *pb_traced_file(struct pb_arena *arena, const char *dir, const cJSON *detail,
                           const char *key);

#endif
