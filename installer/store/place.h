/* SPDX-License-Identifier: MIT */
#ifndef PL_PLACE_H
#define PL_PLACE_H

#include "installer/store/store.h"

/*
 * Fills one target folder from a package of the store: folders once each, parents first, a hard
 * link per file; copies where links cannot be had (other device, link limit, file system without
 * them) or must not (is_private, empty files). Symbolic links in the way are never followed; what
 * stands at the target's own name is replaced, its node_modules folder kept.
 */
struct pl_place_result {
    uint64_t linked, copied; /* empty files count as copied */
    bool damaged; /* the store's copy is incomplete: with an error, pl_store_forget and fetch again
                   */
};

struct pl_place_target {
    int root_dirfd;
    const char *path; /* relative to it, checked (pl_name_is_safe per part) */
    bool is_private;  /* somebody will write to its files (install scripts): copies, never links */
};

/* Any thread, one call per target at a time. After an error the target holds a part of the files.
 */
int pl_place_package(struct pl_store *store, const struct pl_store_package *package,
                     const struct pl_place_target *target, struct pl_place_result *result,
                     struct pb_err *err) PB_MUST_CHECK;

#endif
