/* SPDX-License-Identifier: MIT */
#ifndef PL_LOCK_INTERNAL_H
#define PL_LOCK_INTERNAL_H

#include "base/map.h"
#include "installer/lockfile/lock.h"
#include "installer/lockfile/lock_writer.h"

/* Shared by the files of this folder only. */

#define PL_LOCK_ENTRIES_MAX 1000000u

struct pl_lock_parser {
    struct pl_json_in in;
    struct pl_lock *out;
    size_t entries_cap;
    bool has_packages;
    struct pb_str v1_tree;   /* text of "dependencies" at the top; p == NULL: absent */
    struct pb_map v1_places; /* read from it so far */
};

/* A zeroed entry at the end; NULL when there are too many (the error is set). */
struct pl_lock_entry *pl_lock_parser_add(struct pl_lock_parser *parser);

/* Values of entries, written into `out`; memory from in->arena. */
int pl_lock_read_deps(struct pl_json_in *in, struct pl_deps *out) PB_MUST_CHECK;
int pl_lock_read_strs(struct pl_json_in *in, struct pl_strs *out) PB_MUST_CHECK;

/* "dependencies" of a lock whose places know what version 1 says of them. */
void pl_lock_print_v1(struct pl_lock_writer *w, const struct pl_lock *lock);

/* Entries from the tree of a version 1 lockfile. */
int pl_lock_parse_v1(struct pl_lock_parser *parser) PB_MUST_CHECK;

#endif
