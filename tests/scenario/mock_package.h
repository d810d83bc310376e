/* SPDX-License-Identifier: MIT */
#ifndef MOCK_PACKAGE_H
#define MOCK_PACKAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Packages made up for tests from one line of text:
 *   NAME VERSION [dep=N@R] [optional=N@R] [peer=N@R] [bundle=N@V] [bin=NAME:PATH] [os=X] [cpu=X]
 *     [engines=NODE-RANGE]
 *     [script] [script=EVENT:COMMAND] [file=PATH:TEXT] [pad=BYTES] [tar=escape|symlink|damaged|cut]
 * [nohash] An alias is dep=N@npm:M@R. Each word but the flags may be repeated.
 */
enum mock_tar { MOCK_TAR_GOOD, MOCK_TAR_ESCAPE, MOCK_TAR_SYMLINK, MOCK_TAR_DAMAGED, MOCK_TAR_CUT };

#define MOCK_LIST_MAX 32
struct mock_list {
    struct pb_str names[MOCK_LIST_MAX], values[MOCK_LIST_MAX];
    size_t n;
};

struct mock_package {
    struct pb_str name, version;
    struct mock_list deps, optional, peers, bundled, bins, files, scripts;
    struct pb_str os, cpu, engines; /* empty: any */
    bool has_script, has_no_hash;
    uint64_t pad_bytes;
    enum mock_tar tar;
    struct pb_str tarball; /* gzip */
    char integrity[128];
};

/* Texts are the arena's. The tarball is made too. */
int mock_package_parse(struct pb_arena *arena, struct pb_str line, struct mock_package *out,
                       struct pb_err *err) PB_MUST_CHECK;
/* The members of its package.json, without the braces. */
void mock_package_print_members(const struct mock_package *p, struct pb_buf *out);
/* "pkg/-/pkg-1.0.0.tgz", without the scope in its last part. */
void mock_package_print_path(const struct mock_package *p, struct pb_buf *out);

#endif
