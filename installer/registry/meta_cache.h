/* SPDX-License-Identifier: MIT */
#ifndef PL_META_CACHE_H
#define PL_META_CACHE_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/*
 * The metadata cache: one append-only file in its folder, a record per answer (registry, package,
 * kind of document) with the body as received (usually gzip). One file because creating thousands
 * costs more than all else in a resolution (docs/performance.md). The last record of a key counts.
 * A record is trusted only when sizes, key and checksum agree; otherwise it is a miss. Appending
 * takes a lock over processes; a torn tail of a writer that died is cut off by the next one. When
 * most of the file is superseded, opening it writes it anew. What another process appends later is
 * not seen, which costs a request. The checksum detects accidents, not attackers.
 */
struct pl_meta_cache;

struct pl_meta_key {
    struct pb_str registry, package;
    bool full; /* the full document, not the abbreviated one */
};

/* Where a record is: good as long as the cache is open, as records never move. */
struct pl_meta_place {
    uint64_t at, bytes; /* 0 bytes: nowhere */
};

struct pl_meta_entry {
    char *record; /* the bytes read; the slices below lie in it. free() it */
    struct pl_meta_place place;
    struct pb_str body;
    struct pb_str etag; /* zero-terminated; empty when there is none */
    bool gzip;          /* the body is compressed */
    int64_t fetched_ns; /* wall clock */
};

/* Creates the folder and the file when they are missing. */
struct pl_meta_cache *pl_meta_cache_open(const char *dir, struct pb_err *err);
void pl_meta_cache_close(struct pl_meta_cache *cache);

/* The calls below: any thread. */

/* False: a miss. */
bool pl_meta_cache_get(struct pl_meta_cache *cache, const struct pl_meta_key *key,
                       struct pl_meta_entry *out);
/* The record at a place that get or put told. */
bool pl_meta_cache_get_at(struct pl_meta_cache *cache, const struct pl_meta_place *place,
                          const struct pl_meta_key *key, struct pl_meta_entry *out);
/* Several at once cost little more than one: a lock, a write. Sets each entry->place, nowhere when
 * it is not worth keeping. entry->record is not used. */
struct pl_meta_put {
    const struct pl_meta_key *key;
    struct pl_meta_entry *entry;
};
enum { PL_META_PUTS_MAX = 64 };
int pl_meta_cache_put(struct pl_meta_cache *cache, const struct pl_meta_put *puts, size_t n,
                      struct pb_err *err) PB_MUST_CHECK;
/* Notes that the registry confirmed the entry at this time. */
int pl_meta_cache_confirm(struct pl_meta_cache *cache, const struct pl_meta_key *key,
                          int64_t fetched_ns, struct pb_err *err) PB_MUST_CHECK;

#define PL_META_FILE "packuments" /* in the cache's folder */

#endif
