/* SPDX-License-Identifier: MIT */
#include "harness/workspace/inode_set.h"

#include "base/mem.h"

#include <stdlib.h>

static struct pb_inode *find_slot(struct pb_inode *slots, size_t cap, uint64_t dev, uint64_t ino)
{
    uint64_t hash = (ino ^ (dev << 32)) * 0x9e3779b97f4a7c15u; /* Fibonacci hashing */
    size_t at = (size_t)(hash >> 20) & (cap - 1);
    while (slots[at].ino && (slots[at].ino != ino || slots[at].dev != dev))
        at = (at + 1) & (cap - 1);
    return &slots[at];
}

static void grow(struct pb_inode_set *set)
{
    size_t cap = set->cap ? set->cap * 2 : 1024;
    struct pb_inode *slots = pb_calloc(cap, sizeof *slots);
    for (size_t i = 0; i < set->cap; i++) {
        if (set->slots[i].ino)
            *find_slot(slots, cap, set->slots[i].dev, set->slots[i].ino) = set->slots[i];
    }
    free(set->slots);
    set->slots = slots;
    set->cap = cap;
}

bool pb_inode_set_add(struct pb_inode_set *set, const struct stat *st)
{
    if (st->st_nlink < 2 || S_ISDIR(st->st_mode)) return true;
    if ((set->n + 1) * 2 > set->cap) grow(set);
    struct pb_inode *slot = find_slot(set->slots, set->cap, st->st_dev, st->st_ino);
    if (slot->ino) return false;
    *slot = (struct pb_inode){st->st_dev, st->st_ino};
    set->n++;
    return true;
}

void pb_inode_set_release(struct pb_inode_set *set)
{
    free(set->slots);
    *set = (struct pb_inode_set){0};
}
