/* SPDX-License-Identifier: MIT */
#include "installer/resolve/name_map.h"

enum { SHORT = 8 };

static uint32_t start(const struct pl_name_map *map, const struct pl_name *key)
{
    return (key->id * UINT32_C(2654435769)) & (map->index_cap - 1);
}

/* Slot number + 1, or 0. */
static uint32_t find(const struct pl_name_map *map, const struct pl_name *key)
{
    if (!map->index) {
        for (uint32_t i = 0; i < map->n; i++)
            if (map->slots[i].key == key) return i + 1;
        return 0;
    }
    for (uint32_t at = start(map, key);; at = (at + 1) & (map->index_cap - 1)) {
        uint32_t slot = map->index[at];
        if (slot == 0 || map->slots[slot - 1].key == key) return slot;
    }
}

static void index_slot(struct pl_name_map *map, uint32_t i)
{
    uint32_t at = start(map, map->slots[i].key);
    while (map->index[at])
        at = (at + 1) & (map->index_cap - 1);
    map->index[at] = i + 1;
}

static void build_index(struct pl_name_map *map)
{
    memset(map->index, 0, map->index_cap * sizeof *map->index);
    for (uint32_t i = 0; i < map->n; i++)
        index_slot(map, i);
}

static void grow(struct pl_name_map *map, struct pb_arena *arena)
{
    uint32_t cap = map->cap ? map->cap * 2 : 4;
    struct pl_name_slot *slots = PB_ARENA_ARRAY(arena, struct pl_name_slot, cap);
    if (map->n) memcpy(slots, map->slots, map->n * sizeof *slots);
    map->slots = slots;
    map->cap = cap;
    if (cap <= SHORT) return;
    map->index_cap = cap * 2;
    map->index = PB_ARENA_ARRAY(arena, uint32_t, map->index_cap);
    build_index(map);
}

void *pl_name_map_get(const struct pl_name_map *map, const struct pl_name *name)
{
    if (map->n == 0) return NULL;
    uint32_t slot = find(map, name->fold);
    return slot ? map->slots[slot - 1].value : NULL;
}

void pl_name_map_put(struct pl_name_map *map, struct pb_arena *arena, const struct pl_name *name,
                     void *value)
{
    pl_name_map_remove(map, name);
    if (map->n == map->cap) grow(map, arena);
    map->slots[map->n] = (struct pl_name_slot){name->fold, value};
    map->n++;
    if (map->index) index_slot(map, map->n - 1);
}

void pl_name_map_remove(struct pl_name_map *map, const struct pl_name *name)
{
    uint32_t slot = map->n ? find(map, name->fold) : 0;
    if (slot == 0) return;
    memmove(&map->slots[slot - 1], &map->slots[slot], (map->n - slot) * sizeof *map->slots);
    map->n--;
    if (map->index) build_index(map);
}
