/* SPDX-License-Identifier: MIT */
#ifndef PL_LOCK_WRITER_H
#define PL_LOCK_WRITER_H

#include "base/buf.h"
#include "installer/lockfile/lock_json.h"
#include "installer/manifest/manifest.h"

/*
 * JSON as npm writes a lockfile (json-stringify-nice): in every object the scalars and arrays come
 * before the objects, a few known keys first, the rest by locale order. Callers write the members
 * of their own objects in that order; lists and JSON text are put in it here.
 */
struct pl_lock_writer {
    struct pb_buf *out;
    const char *indent;
    unsigned level;
    bool first; /* nothing written yet in the current object or array */
    struct pb_arena *scratch;
};

void pl_write_open(struct pl_lock_writer *w, char c); /* "{" or "[" */
void pl_write_close(struct pl_lock_writer *w, char c);
void pl_write_key(struct pl_lock_writer *w, struct pb_str key);

/* Members; nothing when the value is empty. */
void pl_write_deps(struct pl_lock_writer *w, const char *key, const struct pl_deps *deps);
void pl_write_strs(struct pl_lock_writer *w, const char *key, const struct pl_strs *strs);
void pl_write_str(struct pl_lock_writer *w, const char *key, struct pb_str value);
void pl_write_flag(struct pl_lock_writer *w, const char *key, bool value);

/* The order of an object's members of one kind. */
int pl_write_key_cmp(struct pb_str a, struct pb_str b);

/* A value: well-formed text, as the parsers keep it. */
void pl_write_json(struct pl_lock_writer *w, struct pb_str text);
struct pl_json_in pl_write_reader(struct pl_lock_writer *w, struct pb_str text);
/* What npm leaves out: nothing, false, 0, "", {} and []. */
bool pl_write_is_empty(struct pl_lock_writer *w, struct pb_str text);

#endif
