/* SPDX-License-Identifier: MIT */
#ifndef PL_STORE_H
#define PL_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "installer/manifest/manifest.h"
#include "installer/store/boxes.h"
#include "installer/store/inflate.h"

#include <stdint.h>
#include <sys/types.h>

/*
 * The package store: numbered files (boxes.h), and one flat append-only index of the packages that
 * are made of them; it is mapped, so that a warm link reads no store folder. A package is in the
 * store completely (unpacked, verified, indexed) or not at all: its record comes last. Several
 * processes may use one store at a time: each fills folders of its own, index records are appended
 * under a lock and carry checksums, and the first to write a package's decides. Nothing is fsynced:
 * what a crash damages is noticed on use (sizes, checksums) and fetched again.
 *
 * Identical files of a package, and of several packages that one process wrote (same_files.h), are
 * one, but never empty files. A file is removed by prune alone, when no record names it.
 *
 * <store>/v4/index                          records, see store_index.h
 * <store>/v4/files/<rack>/<box>/<file>      see boxes.h
 */
struct pl_store;

struct pl_store_file {
    struct pb_str path; /* relative to the package, '/' separated, checked; zero-terminated */
    uint32_t mode;      /* 0644 and the archive's of 0111 */
    uint32_t crc32;     /* of the content, to notice accidents */
    uint64_t bytes;
    uint64_t number; /* pl_stored_name(); identical files share one */
};
/* As pl_store_find() reads it: texts are the store's, until it is closed, lists the arena's.
 * Folders are listed parents first, zero-terminated. */
struct pl_store_package {
    struct pb_str key;
    const struct pb_str *dirs;
    size_t dir_count;
    const struct pl_store_file *files;
    size_t file_count;
    uint64_t bytes;
    bool
        check_sizes; /* written before the machine's last start: compare sizes before trusting it */
};

/* Creates what is missing. A store of another format version is refused with advice. */
struct pl_store *pl_store_open(const char *path, struct pb_err *err);
/* NULL is fine. */
void pl_store_close(struct pl_store *store);
const char *pl_store_path(const struct pl_store *store);
int pl_store_dirfd(const struct pl_store *store); /* of <store>/v4/files */

/* Reads what the index says of a package, which takes a copy of its lists in `arena`. NULL when
 * absent or damaged (then it counts as absent from now on). Does not touch its files. Any thread.
 */
const struct pl_store_package *pl_store_find(struct pl_store *store, struct pb_str key,
                                             struct pb_arena *arena);
/* Whether it seems to be there, without a look at what other processes have added since the last
 * one. Any thread. */
bool pl_store_has(struct pl_store *store, struct pb_str key);

struct pl_store_add {
    bool has_scripts; /* install scripts might write to its files: none is shared with others */
    /* name -> path; these files get mode 0755 and a CR after their shebang line is taken out, so
     * that pl_bins_link() finds nothing to change. May be NULL. */
    const struct pl_deps *bin;
};
/* Unpacks an archive (npm tarball: gzip or plain tar) into the store; the caller has verified its
 * integrity. Any thread. `add` may be NULL. *reused: another process was first; what it asked for
 * in `add` holds then. */
int pl_store_add_archive(struct pl_store *store, struct pb_str key, const struct pl_packed *packed,
                         const struct pl_store_add *add, bool *reused,
                         struct pb_err *err) PB_MUST_CHECK;
/* An empty file without a name on the store's device, for packed bytes that are better not kept in
 * memory; -1 on error. Any thread. */
int pl_store_temp_file(struct pl_store *store, struct pb_err *err);
/* Forgets a package whose files turned out to be missing or changed; it may be added again, as
 * other files. Any thread. An unknown one is fine. */
void pl_store_forget(struct pl_store *store, struct pb_str key);

/* Reads every file of every package against the index: kind, size, content (CRC-32). */
struct pl_store_check {
    uint64_t packages, files, bytes, damaged; /* damaged: packages */
};
/* Damaged packages are forgotten when `repair` is set; the next install fetches them again. */
int pl_store_verify(struct pl_store *store, bool repair, struct pl_store_check *out,
                    struct pb_err *err);
/* Removes files that no index record names, of packages that were forgotten and of installs that
 * were interrupted, and the folders that they leave empty; what processes at work have made stays.
 * `removed` counts folders as packages. */
int pl_store_prune(struct pl_store *store, struct pl_store_check *removed, struct pb_err *err);

#endif
