/* SPDX-License-Identifier: MIT */
#ifndef PL_PACK_RULES_H
#define PL_PACK_RULES_H

#include "base/arena.h"
#include "base/err.h"
#include "installer/pack/glob.h"

/*
 * The rules of one folder for packing (private to packlist.c). A later rule goes before an earlier
 * one, a folder's rules before those of the folder above; what the folder above leaves out stays
 * out unless the folder itself was named there.
 */
struct pl_pack_rules {
    struct pl_glob *items;
    size_t n, cap;
};

struct pl_pack_level {
    struct pl_pack_level *parent;
    struct pb_str name; /* of the folder */
    unsigned depth;
    bool is_exact;              /* the folder itself is in, not only as a way to something below */
    struct pl_pack_rules rules; /* defaults, then package.json or an ignore file, then strict */
    struct pb_str *required;    /* files directly here that are always in */
    size_t required_count;
};

/* Memory is the arena's. The parent must be set. */
int pl_pack_rules_of_package(struct pb_arena *arena, int dirfd, struct pl_pack_level *level,
                             struct pb_err *err) PB_MUST_CHECK;
int pl_pack_rules_of_folder(struct pb_arena *arena, int dirfd, struct pl_pack_level *level,
                            struct pb_err *err) PB_MUST_CHECK;

/* `entry`: a name of this folder (or a path below it). `as_folder`: it might be one, so that
 * something below it may count. */
bool pl_pack_is_included(struct pl_pack_level *level, struct pb_str entry, bool as_folder);

#endif
