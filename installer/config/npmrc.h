/* SPDX-License-Identifier: MIT */
#ifndef PL_NPMRC_H
#define PL_NPMRC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/*
 * The text of an .npmrc: npm's ini dialect. "key = value" lines; ";" and "#" start comments, also
 * after a value unless escaped by a backslash; values in quotes are JSON strings; "key" alone means
 * true; "key[] = x" adds to a list. Lines below a [section] do not concern npm and are left out.
 */
struct pl_npmrc_entry {
    struct pb_str key, value; /* decoded, not yet expanded */
    bool list;                /* "key[]" */
};
struct pl_npmrc {
    struct pl_npmrc_entry *items;
    size_t n;
};

/* Never fails: lines that mean nothing are skipped, as npm does. All memory is the arena's. */
struct pl_npmrc pl_npmrc_parse(struct pb_arena *arena, struct pb_str text);

/* `text` with `key` set to `value` (NULL: taken out): the key's first line is replaced and its
 * others go, a new one comes before the first section; all other lines stay as they are. Appends
 * to `out`. */
void pl_npmrc_set(struct pb_str text, struct pb_str key, const char *value, struct pb_buf *out);

/*
 * Replaces ${VAR} by the variable's value. Undefined: ${VAR} stays as it is, ${VAR?} becomes empty,
 * ${VAR-text} becomes text, ${VAR:-text} does so for an empty value too. An odd number of
 * backslashes before it keeps it literal; half of them remain.
 * `envp` is a NULL-terminated list of "NAME=value".
 */
struct pb_str pl_env_expand(struct pb_arena *arena, struct pb_str text, const char *const *envp);

/* Value of a variable, or NULL. */
const char *pl_env_get(const char *const *envp, struct pb_str name);

#endif
