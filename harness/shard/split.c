/* SPDX-License-Identifier: MIT */
#include "harness/shard/split.h"

#include "base/err.h"

static size_t whole_registries(size_t registries, size_t phases, size_t wanted,
                               struct pb_shard *out)
{
    PB_INVARIANT(wanted > 0);
    for (size_t i = 0; i < wanted; i++) {
        out[i] = (struct pb_shard){.phase_count = phases};
        for (size_t p = 0; p < phases; p++)
            out[i].phases[p] = p;
    }
    for (size_t r = 0; r < registries; r++) {
        struct pb_shard *shard = &out[r % wanted];
        shard->registries[shard->registry_count++] = r;
    }
    return wanted;
}

/* Phases in turn, so that neighbours, which tend to cost alike, come apart. */
static size_t split_phases(size_t registry, size_t phases, size_t parts, struct pb_shard *out)
{
    PB_INVARIANT(parts > 0);
    if (parts > phases) parts = phases;
    for (size_t i = 0; i < parts; i++)
        out[i] = (struct pb_shard){.registries = {registry}, .registry_count = 1};
    for (size_t p = 0; p < phases; p++)
        out[p % parts].phases[out[p % parts].phase_count++] = p;
    return parts;
}

size_t pb_shard_split(size_t registries, size_t phases, size_t wanted,
                      struct pb_shard out[PB_SHARDS_MAX])
{
    if (registries == 0 || phases == 0 || wanted == 0) return 0;
    if (wanted > PB_SHARDS_MAX) wanted = PB_SHARDS_MAX;
    if (wanted <= registries) return whole_registries(registries, phases, wanted, out);
    size_t n = 0;
    for (size_t r = 0; r < registries; r++) {
        size_t parts = wanted / registries + (r < wanted % registries);
        n += split_phases(r, phases, parts, out + n);
    }
    return n;
}
