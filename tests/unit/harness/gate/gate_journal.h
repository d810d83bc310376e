/* SPDX-License-Identifier: MIT */
#ifndef GATE_JOURNAL_H
#define GATE_JOURNAL_H

#include "harness/journal/journal.h"

/*
 * A made-up run for tests of the gate: registry "replay", phases p1_resolve and p4_warm_link, arms
 * "base" and "head" of one manager, and "other" of another one. Every sample of base takes one
 * second, give or take the same noise in every stage. Samples are there to be changed by the test.
 */
void gate_journal_make(struct pb_journal_data *out);

/* Adds rounds 1..n of a stage for base and head; head takes 1 + change times as long. */
void gate_journal_add(struct pb_journal_data *out, const char *phase, enum pb_stage stage, int n,
                      double change);

#endif
