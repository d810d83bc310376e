/* SPDX-License-Identifier: MIT */
#ifndef PB_SHARD_MERGE_H
#define PB_SHARD_MERGE_H

#include "harness/journal/journal.h"

/*
 * Puts the journals of a run's shards together. Refused, with the reason and the folder: shards
 * that did not finish or are damaged, that measured other programs, arms, inputs or policies, by
 * other rules, probes or on another platform, and two that measured the same phase of a registry
 * (their rounds are of different hours and do not pair).
 */
struct pb_shard_source {
    const char *dir; /* for messages */
    const struct pb_journal_data *journal;
};

/* Whether they belong together. */
int pb_shard_check(const struct pb_shard_source *sources, size_t n,
                   struct pb_err *err) PB_MUST_CHECK;
/* Writes <dir>/journal.jsonl, which must not be there; checks first. Fields of the machine that
 * differ between shards name all of them; numbers that differ are 0. */
int pb_shard_merge(const struct pb_shard_source *sources, size_t n, const char *dir,
                   struct pb_err *err) PB_MUST_CHECK;

#endif
