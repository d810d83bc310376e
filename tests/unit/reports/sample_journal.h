/* SPDX-License-Identifier: MIT */
#ifndef SAMPLE_JOURNAL_H
#define SAMPLE_JOURNAL_H

#include "harness/journal/journal.h"

/*
 * A journal in memory with everything a report must cope with: two registries (one without
 * results), two phases, arms that are fine, invalid, failed in the warm-up, not seeded and unable,
 * a metric that is missing, a traced sample that must not count, texts that need escaping.
 * Release with pb_journal_data_release().
 */
void make_sample_journal(struct pb_journal_data *out);

/* As a gate leaves it: "utoo" is the baseline of "utoo-next", which is 10 % slower in the first of
 * two phases and the same in the second; a "limit" arm; policies, digests, requests; ten rounds.
 * All figures are whole numbers made without libm. */
void make_gate_journal(struct pb_journal_data *out);

#endif
