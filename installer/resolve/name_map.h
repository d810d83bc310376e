/* SPDX-License-Identifier: MIT */
#ifndef PL_NAME_MAP_H
#define PL_NAME_MAP_H

#include "installer/resolve/names.h"

/*
 * Small map from folded names to pointers, in order of insertion: searched through while it is
 * short, hashed beyond. Memory from an arena; putting a present key moves it to the end.
 */
struct pl_name_slot {
    const struct pl_name *key; /* folded */
    void *value;
};

struct pl_name_map {
    struct pl_name_slot *slots;
    uint32_t n, cap;
    uint32_t *index; /* open addressing, slot number + 1; NULL while short */
    uint32_t index_cap;
};

void *pl_name_map_get(const struct pl_name_map *map, const struct pl_name *name);
void pl_name_map_put(struct pl_name_map *map, struct pb_arena *arena, const struct pl_name *name,
                     void *value);
void pl_name_map_remove(struct pl_name_map *map, const struct pl_name *name);

#endif
