/* SPDX-License-Identifier: MIT */
#ifndef PL_VIRTUAL_STORE_H
#define PL_VIRTUAL_STORE_H

#include "base/err.h"
#include "installer/manifest/manifest.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The virtual store that all projects of a machine share: one entry per unit (units.h), named by
 * its key, which covers the content and the whole graph of dependencies below it.
 *
 * <store>/links/v1/<key>/node_modules/<name>/   the package: hard links to the package store
 * <store>/links/v1/<key>/node_modules/<dep>     ../../<key of it>/node_modules/<name of it>
 * <store>/links/v1/.new-<unique>-<key>/         being made; renamed when it is complete
 * <store>/links/v1/.projects/<hash>             a project that uses the store: its path and the
 *                                               paths of its links, each with a NUL behind it
 *
 * A complete entry is sealed: its two folders have a fixed modification time, whose nanoseconds say
 * in which boot of the machine, so that one fstatat each tells that nothing was added to or taken
 * out of them since, nor lost in a crash (nothing is fsynced). Processes that install hold a shared
 * lock of the folder, prune an exclusive one.
 */
struct pl_virtual_store;

/* Creates what is missing and waits while a prune is at work. */
struct pl_virtual_store *pl_virtual_store_open(const char *store_path, struct pb_err *err);
void pl_virtual_store_close(struct pl_virtual_store *vs); /* NULL is fine */
int pl_virtual_store_dirfd(const struct pl_virtual_store *vs);
const char *pl_virtual_store_path(const struct pl_virtual_store *vs); /* absolute, real */

enum pl_entry_state {
    PL_ENTRY_MISSING,  /* or changed since it was sealed */
    PL_ENTRY_UNPROVEN, /* sealed before the machine's last start: the package store knows whether
                          its files survived */
    PL_ENTRY_GOOD
};
/* Of the entry of a package `name`. */
enum pl_entry_state pl_virtual_store_look(const struct pl_virtual_store *vs, const char *key,
                                          struct pb_str name);
/* An unproven one was found good. What cannot be written is asked again next time. */
void pl_virtual_store_prove(struct pl_virtual_store *vs, const char *key, struct pb_str name);
/* No entry is trusted any more: each is made anew at its next use. */
int pl_virtual_store_distrust(const char *store_path, struct pb_err *err) PB_MUST_CHECK;

/* The name below which an entry is to be made, in the folder: unique to this process. */
#define PL_STAGED_KEY_MAX 256
void pl_virtual_store_staged(const struct pl_virtual_store *vs, const char *key,
                             char out[PL_STAGED_KEY_MAX]);
/* Seals what was made under the staged name and puts it in place at once: into nothing, or for one
 * that is not good. Another process's good entry stays and ours goes. */
int pl_virtual_store_publish(struct pl_virtual_store *vs, const char *key, struct pb_str name,
                             struct pb_err *err) PB_MUST_CHECK;

/* Remembers the links of a project (its real path) that lead to the store: prune looks there. */
int pl_virtual_store_register(struct pl_virtual_store *vs, const char *project,
                              const struct pl_strs *links, struct pb_err *err) PB_MUST_CHECK;

struct pl_virtual_store_pruned {
    uint64_t entries, files, bytes;
    uint64_t projects; /* that are gone or do not link here any more */
};
/* Removes entries that no registered project leads to, and left-overs. A store without entries is
 * left alone. */
int pl_virtual_store_prune(const char *store_path, struct pl_virtual_store_pruned *out,
                           struct pb_err *err) PB_MUST_CHECK;

#endif
