/* SPDX-License-Identifier: MIT */
#ifndef PB_RUN_OF_SAMPLES_H
#define PB_RUN_OF_SAMPLES_H

#include "harness/journal/journal.h"

/* What arms, seeds and samples tell about a run whose own line is lost: registries, phases, arms in
 * order of appearance, and the number of rounds. What exceeds the lists of `out` is left out. */
void pb_run_of_samples(const struct pb_journal_data *journal, struct pb_journal_run *out);

#endif
