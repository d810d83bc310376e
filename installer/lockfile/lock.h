/* SPDX-License-Identifier: MIT */
#ifndef PL_LOCK_H
#define PL_LOCK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "installer/manifest/manifest.h"

#define PL_LOCK_VERSION 3 /* that is written when no other is there or asked for */

/* What the tree of "dependencies" of a version 1 or 2 lock says of a place. */
struct pl_lock_v1 {
    struct pb_str version; /* or "file:...", "npm:name@version", a URL */
    struct pb_str from;    /* git: what was asked for */
    bool bundled, has_resolved, extraneous;
    bool has_requires; /* also of an empty list */
    struct pl_deps requires;
};

/*
 * package-lock.json (versions 2 and 3; 1 is read) as a flat list of places. This is what the
 * resolver produces and the installer consumes: nothing is placed in node_modules that is not here.
 */
struct pl_lock_entry {
    struct pb_str path; /* "" = root; "node_modules/a/node_modules/@s/b"; "packages/x" */
    struct pb_str name; /* package name; differs from the path's last part for aliases */
    struct pb_str resolved, integrity;
    bool dev, optional, dev_optional, peer, link, in_bundle, extraneous;
    struct pl_manifest manifest; /* version, dependencies, bin, os, ... as far as recorded */
    const struct pl_lock_v1 *v1; /* of a resolved lock below version 3; NULL: not known */
};

struct pl_lock {
    struct pb_arena arena; /* owns everything below */
    struct pb_str name, version;
    int lockfile_version;  /* as read, or to be written; 0: none was read */
    struct pb_str v1_text; /* "dependencies" as read, for writing back; p == NULL: none */
    bool requires;
    struct pl_lock_entry *entries; /* [0] is the root; then in npm's order of paths */
    size_t n;
    /* Optional packages that could not be had: npm names them in that tree of versions 1 and 2 but
     * in no "packages". Only resolved locks have them; they are written, not read. */
    struct pl_lock_entry *missing;
    size_t n_missing;
    char indent[17]; /* as read, for writing back; "  " by default */
    bool final_newline, has_crlf;
};

/* Text may be damaged or hostile: every path and name is checked (pl_name_is_safe, no "..").
 * `shown` is used in errors. The lock must be released also on failure. */
int pl_lock_parse(struct pb_str text, const char *shown, struct pl_lock *out,
                  struct pb_err *err) PB_MUST_CHECK;
int pl_lock_load(int dirfd, const char *path, struct pl_lock *out,
                 struct pb_err *err) PB_MUST_CHECK;
void pl_lock_release(struct pl_lock *lock);

/* npm's own text: key order, sorting, indentation, final newline. */
void pl_lock_print(const struct pl_lock *lock, struct pb_buf *out);

/* The indentation of the first indented line of a JSON text, "  " without one; npm gives a lock
 * that of package.json. */
void pl_lock_indent_of(struct pb_str text, char indent[17]);

const struct pl_lock_entry *pl_lock_find(const struct pl_lock *lock, struct pb_str path);

/*
 * Whether a lock still has what the root manifest asks for: every direct dependency is there in a
 * version that satisfies. err (CONFLICT) says what does not hold.
 */
int pl_lock_check_root(const struct pl_lock *lock, const struct pl_manifest *root,
                       struct pb_err *err) PB_MUST_CHECK;

#endif
