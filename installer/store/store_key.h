/* SPDX-License-Identifier: MIT */
#ifndef PL_STORE_KEY_H
#define PL_STORE_KEY_H

#include "base/digest.h"
#include "base/str.h"

/*
 * The identity of a package in the store. A key is subresource-integrity text ("sha512-<base64>",
 * W3C SRI); its strongest hash names the package. A key that is no such text, or that allows
 * several contents (two hashes of the strongest kind), is named by the SHA-512 of the text itself.
 */
enum pl_key_kind { PL_KEY_TEXT, PL_KEY_SHA1, PL_KEY_SHA256, PL_KEY_SHA384, PL_KEY_SHA512 };

struct pl_store_key {
    uint8_t digest[PB_DIGEST_MAX]; /* the rest is zero */
    uint8_t n, kind;
};

struct pl_store_key pl_store_key(struct pb_str text);
bool pl_store_key_eq(const struct pl_store_key *a, const struct pl_store_key *b);

/* Whether kind and length belong together (keys read from a file). */
bool pl_store_key_is_good(const struct pl_store_key *key);

#endif
