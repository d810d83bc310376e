/* SPDX-License-Identifier: MIT */
#ifndef PL_META_RECORD_H
#define PL_META_RECORD_H

#include "base/buf.h"
#include "installer/registry/meta_cache.h"

/*
 * Records of the metadata cache's file to and from bytes: head, registry, package, etag, 1 to 8
 * zeros so that the record's length is a multiple of 8, body. Numbers are in the machine's byte
 * order: the magic number reads differently on another one, which ends the reading of the file.
 */
struct pl_meta_head {
    uint64_t magic;
    int64_t fetched_ns; /* in no checksum: confirming an entry rewrites it in place */
    uint32_t version, flags;
    uint32_t registry_n, package_n, etag_n;
    uint32_t head_crc; /* of the fields around it, magic and time left out */
    uint64_t body_n;
    uint32_t text_crc; /* of all that follows the head */
    uint32_t unused;
};
_Static_assert(sizeof(struct pl_meta_head) == 56, "the head has no padding");

/* A key's texts are short; what is longer is not cached. */
#define PL_META_TEXT_MAX 1024u
#define PL_META_BODY_MAX (512u << 20)

/* Whether a head read from a file is whole. Its lengths are bounded then. */
bool pl_meta_head_is_good(const struct pl_meta_head *head);
uint64_t pl_meta_record_bytes(const struct pl_meta_head *head);
bool pl_meta_head_is_full(const struct pl_meta_head *head); /* pl_meta_key.full */

/* Appends all but the body, which follows it in the file. False when something is too long for a
 * record. */
bool pl_meta_encode(const struct pl_meta_key *key, const struct pl_meta_entry *entry,
                    struct pb_buf *out);

/* Borrows `record`, which may be longer; out->record is not set. False when it is damaged or of
 * another key. */
bool pl_meta_decode(struct pb_str record, const struct pl_meta_key *key, struct pl_meta_entry *out);

#endif
