/* SPDX-License-Identifier: MIT */
#ifndef PB_SHARD_SPLIT_H
#define PB_SHARD_SPLIT_H

#include <stddef.h>

/*
 * Splits a run over several jobs. Arms are never apart: they are compared by rounds of one machine.
 * So a shard is what one command line can say: some registries with all phases, or one registry
 * with some of its phases. Pure.
 */
enum { PB_SHARDS_MAX = 128, PB_SHARD_ITEMS_MAX = 16 };

struct pb_shard {
    size_t registries[PB_SHARD_ITEMS_MAX], phases[PB_SHARD_ITEMS_MAX]; /* indices */
    size_t registry_count, phase_count;
};

/* At most `wanted` shards, fewer when there are not as many cells. Every (registry, phase) is in
 * exactly one. Counts are at most PB_SHARD_ITEMS_MAX; none of anything gives 0. */
size_t pb_shard_split(size_t registries, size_t phases, size_t wanted,
                      struct pb_shard out[PB_SHARDS_MAX]);

#endif
