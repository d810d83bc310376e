/* SPDX-License-Identifier: MIT */
#ifndef PB_DIGEST_H
#define PB_DIGEST_H

#include "buf.h"
#include "str.h"

#include <stdint.h>

/* Message digests (OpenSSL libcrypto, which the first one loads) and their text forms. */
enum pb_digest_kind { PB_SHA1, PB_SHA256, PB_SHA384, PB_SHA512 };
#define PB_DIGEST_MAX 64

struct pb_digest; /* streaming context; one thread at a time */

struct pb_digest *pb_digest_new(enum pb_digest_kind kind); /* aborts when out of memory */
void pb_digest_add(struct pb_digest *d, const void *data, size_t n);
/* Writes the digest, returns its length. The context may then only be freed. */
size_t pb_digest_finish(struct pb_digest *d, uint8_t out[PB_DIGEST_MAX]);
void pb_digest_free(struct pb_digest *d);
size_t pb_digest_once(enum pb_digest_kind kind, const void *data, size_t n,
                      uint8_t out[PB_DIGEST_MAX]);
size_t pb_digest_size(enum pb_digest_kind kind);

/* Zero-terminated lower-case hex; `out` needs 2n+1 bytes. */
void pb_hex(const uint8_t *data, size_t n, char *out);
bool pb_unhex(struct pb_str text, uint8_t *out, size_t max, size_t *n);
/* Standard base64 with padding; `out` needs 4*((n+2)/3)+1 bytes. */
void pb_base64(const uint8_t *data, size_t n, char *out);
/* Strict: alphabet, padding and length are checked. */
bool pb_unbase64(struct pb_str text, uint8_t *out, size_t max, size_t *n);

#endif
