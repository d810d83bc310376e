/* SPDX-License-Identifier: MIT */
#ifndef PL_STORE_H
#define PL_STORE_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>
#include <sys/types.h>

/*
 * The package store: one folder per package, named by the digest of its integrity, and one flat
 * append-only index that is mapped, so that a warm link reads no store folder. A package is in the
 * store completely (unpacked in staging, renamed in place, indexed) or not at all. Several
 * processes may use one store at a time: staging names are unique, the rename decides who wins,
 * index records are appended under a lock and carry checksums. Nothing is fsynced: what a crash
 * damages is noticed on use (sizes, checksums) and fetched again.
 *
 * <store>/v1/index                          records, see store_index.h
 * <store>/v1/packages/<2 hex>/<126 hex>/    the package's files
 * <store>/v1/staging/<unique>/              being unpacked; left-overs are removed by prune
 */
struct pl_store;

struct pl_store_file {
    struct pb_str path; /* relative to the package, '/' separated, checked at load */
    uint32_t mode;      /* 0644 or 0755 */
    uint64_t bytes;
};
/* Immutable; lives until the store is closed. Folders are listed parents first. */
struct pl_store_package {
    struct pb_str key;
    const struct pb_str *dirs;
    size_t dir_count;
    const struct pl_store_file *files;
    size_t file_count;
    uint64_t bytes;
    char folder[160]; /* relative to pl_store_dirfd() */
    bool is_private;  /* has install scripts or the like: targets get copies, never links */
};

/* Creates what is missing. A store of another format version is refused with advice. */
struct pl_store *pl_store_open(const char *path, struct pb_err *err);
void pl_store_close(struct pl_store *store);
const char *pl_store_path(const struct pl_store *store);
int pl_store_dirfd(const struct pl_store *store);

/* Any thread. NULL when absent. Does not touch the package's folder. */
const struct pl_store_package *pl_store_find(struct pl_store *store, struct pb_str key);

/* Unpacks an archive (npm tarball: gzip or plain tar) into the store; the caller has verified its
 * integrity. Any thread. *reused: another process was first. */
const struct pl_store_package *pl_store_add_archive(struct pl_store *store, struct pb_str key,
                                                    const void *data, size_t n, bool is_private,
                                                    bool *reused, struct pb_err *err);
/* Forgets a package whose files turned out to be missing or changed; it may be added again. */
void pl_store_forget(struct pl_store *store, struct pb_str key);

/* Reads every file of every package against the index (sizes; digests where recorded). */
struct pl_store_check {
    uint64_t packages, files, bytes, damaged;
};
int pl_store_verify(struct pl_store *store, struct pl_store_check *out, struct pb_err *err);
/* Removes staging left-overs and packages that no index record names. */
int pl_store_prune(struct pl_store *store, struct pl_store_check *removed, struct pb_err *err);

#endif
