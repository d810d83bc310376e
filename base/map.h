/* SPDX-License-Identifier: MIT */
#ifndef PB_MAP_H
#define PB_MAP_H

#include "str.h"

/*
 * Hash map from borrowed strings to pointers that remembers insertion order. Keys must outlive the
 * map. Removing keeps the order of the rest. One thread at a time. Aborts when memory runs out.
 */
struct pb_map_entry {
    struct pb_str key; /* key.p == NULL: removed */
    void *value;
    uint64_t hash;
};

struct pb_map {
    struct pb_map_entry *entries;   /* insertion order, with holes */
    uint32_t *index;                /* open addressing; 0 = free, else entry number + 1 */
    size_t n, used, cap, index_cap; /* n = live entries, used = entries including holes */
};

#define PB_MAP_INIT ((struct pb_map){0})

void pb_map_release(struct pb_map *map);
/* NULL when absent. */
void *pb_map_get(const struct pb_map *map, struct pb_str key);
bool pb_map_has(const struct pb_map *map, struct pb_str key);
/* Inserts or replaces; a replaced key keeps its place. Returns the former value or NULL. */
void *pb_map_put(struct pb_map *map, struct pb_str key, void *value);
/* Returns the removed value or NULL. */
void *pb_map_remove(struct pb_map *map, struct pb_str key);
/* Next live entry from *at (start with 0), or NULL at the end. Do not insert while iterating. */
struct pb_map_entry *pb_map_next(const struct pb_map *map, size_t *at);
#define PB_MAP_EACH(map, e)                                                                        \
    for (size_t e##_at = 0, e##_once = 1; e##_once; e##_once = 0)                                  \
        for (struct pb_map_entry * e; (e = pb_map_next((map), &e##_at)) != NULL;)

#endif
