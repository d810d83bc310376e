/* SPDX-License-Identifier: MIT */
#ifndef PL_META_CACHE_H
#define PL_META_CACHE_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/*
 * The metadata cache: a folder with one file per registry, package and kind of document, holding
 * the registry's answer as received (usually gzip). A file is read whole and trusted only when
 * magic, sizes, key and checksum agree; otherwise it is removed and counts as a miss. Writers
 * replace files by rename, so that any number of threads and processes may share the folder.
 * The checksum detects accidents, not attackers.
 */
struct pl_meta_cache;

struct pl_meta_key {
    struct pb_str registry, package;
    bool full; /* the full document, not the abbreviated one */
};

struct pl_meta_entry {
    char *file; /* the bytes read; the slices below lie in it. free() it */
    struct pb_str body;
    struct pb_str etag; /* zero-terminated; empty when there is none */
    bool gzip;          /* the body is compressed */
    int64_t fetched_ns; /* wall clock */
};

/* Creates the folder when it is missing. */
struct pl_meta_cache *pl_meta_cache_open(const char *dir, struct pb_err *err);
void pl_meta_cache_close(struct pl_meta_cache *cache);

/* False: a miss. */
bool pl_meta_cache_get(struct pl_meta_cache *cache, const struct pl_meta_key *key,
                       struct pl_meta_entry *out);
/* entry->file is not used. */
int pl_meta_cache_put(struct pl_meta_cache *cache, const struct pl_meta_key *key,
                      const struct pl_meta_entry *entry, struct pb_err *err) PB_MUST_CHECK;
/* Notes that the registry confirmed the entry at this time. */
int pl_meta_cache_confirm(struct pl_meta_cache *cache, const struct pl_meta_key *key,
                          int64_t fetched_ns, struct pb_err *err) PB_MUST_CHECK;

/* The file format alone. Decoding borrows `file`; false when it is damaged or of another key
 * (*damaged tells which). */
bool pl_meta_decode(struct pb_str file, const struct pl_meta_key *key, struct pl_meta_entry *out,
                    bool *damaged);
/* Name of the file for a key; `out` needs PL_META_NAME_MAX bytes. False: the key is not cached. */
#define PL_META_NAME_MAX 256
bool pl_meta_file_name(const struct pl_meta_key *key, char out[PL_META_NAME_MAX]);

#endif
