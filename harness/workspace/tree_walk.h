/* SPDX-License-Identifier: MIT */
#ifndef PB_TREE_WALK_H
#define PB_TREE_WALK_H

#include "base/err.h"

#include <dirent.h>

/*
 * Visits every entry below a folder, a folder before its content, in directory order. Symbolic
 * links are reported and never followed. Cheap enough for 150,000 files: getdents and one openat
 * per folder; the visitor calls fstatat only when it needs to.
 */
struct pb_walk_entry {
    int dirfd;          /* of the folder holding it */
    const char *name;   /* its last component */
    const char *path;   /* relative to the start, without "./" */
    unsigned char type; /* DT_DIR, DT_REG, DT_LNK, ... never DT_UNKNOWN */
};
enum pb_walk_next { PB_WALK_ENTER, PB_WALK_SKIP, PB_WALK_STOP, PB_WALK_FAIL };
typedef enum pb_walk_next (*pb_walk_fn)(void *user, const struct pb_walk_entry *entry,
                                        struct pb_err *err);

/* SKIP: do not enter this folder. STOP: end the walk, returns 0. FAIL: returns -1. A start that
 * does not exist has nothing to visit. */
int pb_walk(const char *start, pb_walk_fn visit, void *user, struct pb_err *err) PB_MUST_CHECK;

#endif
