/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include "base/err.h"
#include "base/mem.h"

#include <stdlib.h>

/* A removed entry keeps its place in `index` and so also serves as the tombstone of the probe
 * sequence; both go when the table is rebuilt. At most half of `index` is in use. */

enum { FIRST_CAP = 8 };

void pb_map_release(struct pb_map *map)
{
    free(map->entries);
    free(map->index);
    *map = PB_MAP_INIT;
}

static struct pb_map_entry *find(const struct pb_map *map, struct pb_str key, uint64_t hash)
{
    if (map->n == 0) return NULL;
    size_t mask = map->index_cap - 1;
    for (size_t at = hash & mask; map->index[at] != 0; at = (at + 1) & mask) {
        struct pb_map_entry *e = &map->entries[map->index[at] - 1];
        if (e->hash == hash && e->key.p && pb_str_eq(e->key, key)) return e;
    }
    return NULL;
}

static void add_to_index(struct pb_map *map, uint64_t hash, size_t entry)
{
    size_t mask = map->index_cap - 1, at = hash & mask;
    while (map->index[at] != 0)
        at = (at + 1) & mask;
    map->index[at] = (uint32_t)(entry + 1);
}

/* Drops the holes; doubles when there are few. */
static void rebuild(struct pb_map *map)
{
    size_t cap = map->n >= map->cap / 2 ? map->cap * 2 : map->cap;
    if (cap < FIRST_CAP) cap = FIRST_CAP;
    PB_INVARIANT(cap < UINT32_MAX / 2);

    struct pb_map_entry *entries = pb_calloc(cap, sizeof *entries);
    size_t used = 0;
    for (size_t i = 0; i < map->used; i++) {
        if (map->entries[i].key.p) entries[used++] = map->entries[i];
    }
    free(map->entries);
    free(map->index);
    map->entries = entries;
    map->used = used;
    map->cap = cap;
    map->index_cap = cap * 2;
    map->index = pb_calloc(map->index_cap, sizeof *map->index);
    for (size_t i = 0; i < used; i++)
        add_to_index(map, entries[i].hash, i);
}

void *pb_map_get(const struct pb_map *map, struct pb_str key)
{
    const struct pb_map_entry *e = find(map, key, pb_str_hash(key));
    return e ? e->value : NULL;
}

bool pb_map_has(const struct pb_map *map, struct pb_str key)
{
    return find(map, key, pb_str_hash(key)) != NULL;
}

void *pb_map_put(struct pb_map *map, struct pb_str key, void *value)
{
    uint64_t hash = pb_str_hash(key);
    struct pb_map_entry *e = find(map, key, hash);
    if (e) {
        void *former = e->value;
        e->value = value;
        return former;
    }
    if (map->used == map->cap) rebuild(map);
    if (!key.p) key.p = ""; /* NULL marks a removed entry */
    map->entries[map->used] = (struct pb_map_entry){key, value, hash};
    add_to_index(map, hash, map->used);
    map->used++;
    map->n++;
    return NULL;
}

void *pb_map_remove(struct pb_map *map, struct pb_str key)
{
    struct pb_map_entry *e = find(map, key, pb_str_hash(key));
    if (!e) return NULL;
    void *former = e->value;
    e->key = (struct pb_str){0};
    e->value = NULL;
    map->n--;
    return former;
}

struct pb_map_entry *pb_map_next(const struct pb_map *map, size_t *at)
{
    while (*at < map->used) {
        struct pb_map_entry *e = &map->entries[(*at)++];
        if (e->key.p) return e;
    }
    return NULL;
}
