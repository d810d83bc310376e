/* SPDX-License-Identifier: MIT */
#ifndef PL_TEST_SAMPLE_PACKAGE_H
#define PL_TEST_SAMPLE_PACKAGE_H

#include "base/buf.h"
#include "installer/store/store.h"

/* Small packages for tests, the same for the same number. Number n has the files package.json
 * (holding "<n>"), lib/a.js, lib/deep/b.js, empty.js (empty) and cli.js (mode 0755). */
#define SAMPLE_FILES 5
#define SAMPLE_TREE "cli.js\nempty.js\nlib/\nlib/a.js\nlib/deep/\nlib/deep/b.js\npackage.json\n"

/* Appends the archive (gzip) to `out`. */
void sample_archive(unsigned number, struct pb_buf *out);
void sample_key(unsigned number, char out[128]);
/* Adds it; fails the test when that fails. */
const struct pl_store_package *sample_add(struct pl_store *store, unsigned number);
/* Path of a file in the store, relative to pl_store_dirfd(). The file must be in the package. */
const char *sample_stored(const struct pl_store_package *package, const char *path);

/* pl_store_find() into memory that lasts as long as the test, which is a process. */
const struct pl_store_package *sample_read(struct pl_store *store, const char *key);
/* NULL when it is not in the store. */
const struct pl_store_package *sample_find(struct pl_store *store, unsigned number);
/* `p` is the package of that number, and its files stand there. */
void expect_sample(struct pl_store *store, const struct pl_store_package *p, unsigned number);

struct pl_store *sample_store(const char *parent);

#endif
