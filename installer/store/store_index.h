/* SPDX-License-Identifier: MIT */
#ifndef PL_STORE_INDEX_H
#define PL_STORE_INDEX_H

#include "base/err.h"
#include "installer/store/store.h"
#include "installer/store/store_key.h"
#include "installer/store/store_record.h"

/*
 * What the store holds, as one append-only file of this machine's byte order:
 *
 *   file header (64 bytes): magic, version, byte order mark, CRC-32
 *   records, each a multiple of 8 bytes:
 *     head (128 bytes): magic, CRC-32 of the head, length, CRC-32 of the body, kind, counts, key
 *     body: u32 length per folder, padding to 8, then {u64 bytes, u64 number, u32 crc32,
 *     u16 length of the path, u16 mode} per file, then key, folders and files as texts,
 *     zero-terminated
 *
 * Opening reads heads only; a body is checked when its package is read. Strings are used
 * where they are mapped. The last record of a key counts; a FORGET record takes the key back.
 *
 * Nothing is synced, so a power cut may leave a record whose files are empty. A record therefore
 * names the boot of the machine that wrote it: in a later boot its package has `check_sizes` set,
 * until a SETTLED record says that somebody has compared them.
 *
 * Records are written by one pwrite under an exclusive flock and read under a shared one, so nobody
 * sees half of one. A writer that died leaves a torn tail: reading stops there, and the next writer
 * covers it with a FILLER record. The file never shrinks, so mappings stay valid.
 */
struct pl_index;

/* Creates the file when it is missing; UNSUPPORTED for another version or byte order. A damaged
 * file header is written anew: records carry their own checksums. `boot` identifies the running
 * boot; 0: not known, all records count as older. */
struct pl_index *pl_index_open(int dirfd, const char *name, uint64_t boot, struct pb_err *err);
void pl_index_close(struct pl_index *index);

/* The calls below: one thread at a time. */

/* Exclusive over processes; takes in what others appended. Fails where the file is read-only. */
int pl_index_lock(struct pl_index *index, struct pb_err *err) PB_MUST_CHECK;
void pl_index_unlock(struct pl_index *index);
/* Takes in what others appended, under a shared lock of its own. */
int pl_index_refresh(struct pl_index *index, struct pb_err *err) PB_MUST_CHECK;

/* The record of a key, for pl_record_decode(), which looks at its body first; NULL when absent.
 * Mapped until close. *check_sizes: written in another boot, and nobody has compared since. */
const struct pl_record_head *pl_index_find(const struct pl_index *index,
                                           const struct pl_store_key *key, bool *check_sizes);
/* Where the key's record stands; 0 when absent. Changes when somebody writes it again. */
uint64_t pl_index_offset(const struct pl_index *index, const struct pl_store_key *key);

/* Counts as absent from now on in this process, until a newer record is read. */
void pl_index_drop(struct pl_index *index, const struct pl_store_key *key);

/* Under the lock. `package`: key, dirs, files, bytes are read. */
int pl_index_append(struct pl_index *index, const struct pl_store_key *key,
                    const struct pl_store_package *package, struct pb_err *err) PB_MUST_CHECK;
int pl_index_forget(struct pl_index *index, const struct pl_store_key *key,
                    struct pb_err *err) PB_MUST_CHECK;
/* Under the lock: the sizes of the package's files were compared. Nothing is written when that was
 * known. A failure only costs another comparison. */
int pl_index_settle(struct pl_index *index, const struct pl_store_key *key, struct pb_err *err);

/* Next key present from *at (start with 0); false at the end. */
bool pl_index_next(const struct pl_index *index, size_t *at, struct pl_store_key *key);

#endif
