/* SPDX-License-Identifier: MIT */
#ifndef PL_STORE_H
#define PL_STORE_H

#include "base/err.h"
#include "base/str.h"
#include "installer/manifest/manifest.h"
#include "installer/store/inflate.h"

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
 * Files are named by number, without the folders of the package: those would be made for nothing,
 * and short names are found faster. Identical files of a package are one; identical files of
 * several packages are links to one inode where one process wrote them (same_files.h), but never
 * empty files.
 *
 * <store>/v3/index                             records, see store_index.h
 * <store>/v3/packages/<2 hex>/<126 hex>/<n>    the package's files; see store_key.h
 * <store>/v3/staging/<unique>/                 being unpacked, one per open store; left-overs are
 *                                           removed by prune
 */
struct pl_store;

struct pl_store_file {
    struct pb_str path; /* relative to the package, '/' separated, checked; zero-terminated */
    uint32_t mode;      /* 0644 and the archive's of 0111 */
    uint32_t crc32;     /* of the content, to notice accidents */
    uint64_t bytes;
    uint32_t number; /* names its file in the package's folder; identical files share one */
};
/* Immutable; lives until the store is closed. Folders are listed parents first, zero-terminated. */
struct pl_store_package {
    struct pb_str key;
    const struct pb_str *dirs;
    size_t dir_count;
    const struct pl_store_file *files;
    size_t file_count;
    uint64_t bytes;
    char folder[160]; /* relative to pl_store_dirfd() */
    bool
        check_sizes; /* written before the machine's last start: compare sizes before trusting it */
};
/* ext4 looks through a folder for each new name: 64 files a folder cost two thirds of what 1,000 do
 * (docs/performance.md). */
#define PL_STORED_PER_FOLDER 64u
#define PL_STORED_NAME_MAX 16
/* A file's name in the package's folder: "<n>" for the first 64, then "f<n / 64>/<n % 64>". */
void pl_stored_name(uint32_t number, char out[PL_STORED_NAME_MAX]);

/* Creates what is missing. A store of another format version is refused with advice. */
struct pl_store *pl_store_open(const char *path, struct pb_err *err);
/* Frees the packages handed out. NULL is fine. */
void pl_store_close(struct pl_store *store);
const char *pl_store_path(const struct pl_store *store);
int pl_store_dirfd(const struct pl_store *store); /* of <store>/v3 */

/* Any thread. NULL when absent. Does not touch the package's folder. */
const struct pl_store_package *pl_store_find(struct pl_store *store, struct pb_str key);
/* The same without a look at what other processes have added since the last one. */
const struct pl_store_package *pl_store_find_known(struct pl_store *store, struct pb_str key);

struct pl_store_add {
    bool has_scripts; /* install scripts might write to its files: none is shared with others */
    /* name -> path; these files get mode 0755 and a CR after their shebang line is taken out, so
     * that pl_bins_link() finds nothing to change. May be NULL. */
    const struct pl_deps *bin;
};
/* Unpacks an archive (npm tarball: gzip or plain tar) into the store; the caller has verified its
 * integrity. Any thread. `add` may be NULL. *reused: another process was first; what it asked for
 * in `add` holds then. */
const struct pl_store_package *pl_store_add_archive(struct pl_store *store, struct pb_str key,
                                                    const struct pl_packed *packed,
                                                    const struct pl_store_add *add, bool *reused,
                                                    struct pb_err *err);
/* An empty file without a name on the store's device, for packed bytes that are better not kept in
 * memory; -1 on error. Any thread. */
int pl_store_temp_file(struct pl_store *store, struct pb_err *err);
/* Forgets a package whose files turned out to be missing or changed; it may be added again, which
 * replaces its folder. Any thread. An unknown one is fine. */
void pl_store_forget(struct pl_store *store, struct pb_str key);

/* Reads every file of every package against the index: kind, size, content (CRC-32). */
struct pl_store_check {
    uint64_t packages, files, bytes, damaged; /* damaged: packages */
};
/* Damaged packages are forgotten when `repair` is set; the next install fetches them again. */
int pl_store_verify(struct pl_store *store, bool repair, struct pl_store_check *out,
                    struct pb_err *err);
/* Removes staging left-overs of processes that are gone and package folders that no index record
 * names. `removed` counts package folders, staging folders among them, and their files. */
int pl_store_prune(struct pl_store *store, struct pl_store_check *removed, struct pb_err *err);

#endif
