/* SPDX-License-Identifier: MIT */
#ifndef MADE_JOURNAL_H
#define MADE_JOURNAL_H

#include "base/err.h"

#include <stddef.h>

/*
 * Writes a plausible journal of any size, the same for the same size: noise, drift and a slow
 * spell shared by the arms of a round, spikes, a limit arm, and each kind of failure. For what
 * needs more than the sample journal: the page, the consumers of formats, large runs.
 */
struct made_size {
    size_t arms;   /* 2 ... 256 */
    size_t phases; /* 1 ... 7 */
    int rounds;
};
int write_made_journal(const char *dir, struct made_size size, struct pb_err *err) PB_MUST_CHECK;

#endif
