/* SPDX-License-Identifier: MIT */
#ifndef PL_STORE_RECORD_H
#define PL_STORE_RECORD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "installer/store/store.h"
#include "installer/store/store_key.h"

/* Records of the index (layout in store_index.h) to and from bytes. */
enum pl_record_kind {
    PL_RECORD_PACKAGE = 1,
    PL_RECORD_FORGET,
    PL_RECORD_FILLER,
    PL_RECORD_SETTLED
};

struct pl_record_head {
    uint32_t magic;
    uint32_t head_crc; /* of what follows it in the head */
    uint64_t length;   /* of the record, head included; a multiple of 8 */
    uint32_t body_crc;
    uint16_t kind;
    uint16_t unused0;
    uint32_t dir_count, file_count;
    uint32_t key_bytes; /* of the key's text */
    uint32_t unused;
    uint64_t bytes; /* of all files */
    uint64_t boot;  /* of the machine, in which it was written */
    uint8_t key_n, key_kind;
    uint8_t unused2[6];
    uint8_t digest[PB_DIGEST_MAX];
};
_Static_assert(sizeof(struct pl_record_head) == 128, "the index format");

/* Checks the head of a record that has at most `room` bytes. */
bool pl_record_head_is_good(const struct pl_record_head *head, uint64_t room);
struct pl_store_key pl_record_key(const struct pl_record_head *head);

/* Appends the record to `out`. LIMIT: names or counts no record can hold. */
int pl_record_encode(const struct pl_store_key *key, const struct pl_store_package *package,
                     uint64_t boot, struct pb_buf *out, struct pb_err *err) PB_MUST_CHECK;
/* A record without body. `length` counts the bytes it covers. */
struct pl_record_head pl_record_bare(enum pl_record_kind kind, const struct pl_store_key *key,
                                     uint64_t length);

/* Fills *package from a record whose head is good, strings in place, arrays in the arena. False
 * when anything in the body is not as the encoder writes it. */
bool pl_record_decode(const struct pl_record_head *record, struct pb_arena *arena,
                      struct pl_store_package *package);

#endif
