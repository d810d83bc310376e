/* SPDX-License-Identifier: MIT */
#ifndef PB_LIMIT_PLAN_H
#define PB_LIMIT_PLAN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/*
 * What the limit arm has to do, written down beforehand so that nothing is decided while it is
 * measured. Lines of text, fields separated by tabs:
 *
 *   limit-plan 1
 *   metadata  /path       to be received by a resolution
 *   tarball   /path       to be received by a cold install
 *   dir       path        what is in it follows at once
 *   file      bytes path  a content that no file before has, made of zeros
 *   text      bytes path  the same, with these bytes in the next line (package.json files: they
 *                         tell the harness which packages stand there)
 *   same      n path      the content of file number n (from 0)
 *   symlink   target path
 */
#define PB_LIMIT_PLAN_HEAD "limit-plan 1\n"
#define PB_LIMIT_PLAN_MAX_BYTES ((size_t)1 << 30)

/* From an installed project: its package-lock.json (names), node_modules/.package-lock.json
 * (tarballs) and node_modules itself. Appends to `out`. */
int pb_limit_plan_make(const char *project, struct pb_buf *out, struct pb_err *err) PB_MUST_CHECK;

enum pb_limit_kind { PB_LIMIT_DIR, PB_LIMIT_FILE, PB_LIMIT_SYMLINK };

struct pb_limit_entry {
    enum pb_limit_kind kind;
    bool is_first;    /* a file: of those with its content */
    uint32_t content; /* a file: number of its content */
    const char *path;
    uint64_t bytes;
    const char *text; /* of a file, NULL: zeros; the target of a symbolic link */
};

struct pb_limit_plan {
    const char **metadata, **tarballs;
    struct pb_limit_entry *entries; /* a folder before what is in it, all of which follows it */
    size_t metadata_count, tarball_count, entry_count, content_count;
};

/* Ends fields in place: `text` (zero-terminated, n bytes) must outlive the plan, whose arrays are
 * the arena's. Paths that leave the project are refused. */
int pb_limit_plan_read(char *text, size_t n, struct pb_arena *arena, struct pb_limit_plan *out,
                       struct pb_err *err) PB_MUST_CHECK;

#endif
