/* SPDX-License-Identifier: MIT */
#include "harness/shard/split.h"

#include <criterion/criterion.h>

/* Every cell is in exactly one shard, no shard is empty, and their number is what can be had. */
Test(shard, every_cell_is_in_one_shard)
{
    for (size_t registries = 1; registries <= 5; registries++)
        for (size_t phases = 1; phases <= 7; phases++)
            for (size_t wanted = 1; wanted <= 40; wanted++) {
                struct pb_shard shards[PB_SHARDS_MAX];
                unsigned seen[5][7] = {0};
                size_t n = pb_shard_split(registries, phases, wanted, shards);
                cr_expect_leq(n, wanted);
                cr_expect_leq(n, registries * phases);
                cr_expect(wanted > registries * phases || n >= (wanted < registries ? wanted : 1));
                if (wanted >= registries * phases) cr_expect_eq(n, registries * phases);
                for (size_t i = 0; i < n; i++) {
                    cr_expect(shards[i].registry_count && shards[i].phase_count);
                    for (size_t r = 0; r < shards[i].registry_count; r++)
                        for (size_t p = 0; p < shards[i].phase_count; p++)
                            seen[shards[i].registries[r]][shards[i].phases[p]]++;
                }
                for (size_t r = 0; r < registries; r++)
                    for (size_t p = 0; p < phases; p++)
                        cr_expect_eq(seen[r][p], 1, "%zu x %zu in %zu", registries, phases, wanted);
            }
}

Test(shard, neighbours_come_apart)
{
    struct pb_shard shards[PB_SHARDS_MAX];
    cr_assert_eq(pb_shard_split(1, 4, 2, shards), 2);
    cr_expect_eq(shards[0].phases[1], 2);
    cr_expect_eq(shards[1].phases[0], 1);
}

Test(shard, never_more_than_there_is_room_for)
{
    struct pb_shard shards[PB_SHARDS_MAX];
    cr_expect_eq(pb_shard_split(16, 16, 1000, shards), PB_SHARDS_MAX);
}
