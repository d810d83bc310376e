/* SPDX-License-Identifier: MIT */
#ifndef PB_VIRTUAL_STORE_H
#define PB_VIRTUAL_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

/*
 * Packages that a project has by links out of it into a virtual store that it shares with others
 * (plumb's global linker, pnpm's global virtual store). An entry of one is a folder
 * <entry>/node_modules that holds a single package as a real folder and, beside it, links to the
 * entries of its dependencies. Any other place that a link may lead to (npm link: the node_modules
 * of all global packages) is none, and what lies beside it is not the project's.
 */
struct pb_virtual_entry {
    const char *folder; /* of the package, absolute, without links */
    const char *shown;  /* "(linked)/<entry>/node_modules/<name>": the same wherever the store is */
    const char *const *links; /* beside it, absolute; NULL-terminated */
};

struct pb_virtual_store {
    struct pb_arena arena;
    const char *project;              /* real path; nothing below it is an entry */
    struct pb_map seen;               /* by folder */
    struct pb_virtual_entry *entries; /* in the order found */
    size_t n, cap;
};

/* Whether the target of the link is a package of an entry; then it is among the entries (once). A
 * link that leads nowhere is none. -1: an error, or more entries than any project has. */
int pb_virtual_store_add(struct pb_virtual_store *store, const char *link,
                         struct pb_err *err) PB_MUST_CHECK;
/* Adds all entries that lead on from those that are there. */
int pb_virtual_store_follow(struct pb_virtual_store *store, struct pb_err *err) PB_MUST_CHECK;
void pb_virtual_store_release(struct pb_virtual_store *store);

#endif
