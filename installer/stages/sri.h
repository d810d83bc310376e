/* SPDX-License-Identifier: MIT */
#ifndef PL_SRI_H
#define PL_SRI_H

#include "base/digest.h"
#include "base/str.h"

/*
 * Subresource integrity as npm uses it (W3C SRI): white-space separated "sha512-<base64>?options".
 * Only the strongest algorithm that is present counts; any of its digests may match.
 */
#define PL_SRI_DIGESTS_MAX 8
#define PL_SRI_TEXT_MAX 104 /* "sha512-" and 88 characters and the zero */

struct pl_sri {
    enum pb_digest_kind kind;
    size_t n;
    uint8_t digests[PL_SRI_DIGESTS_MAX][PB_DIGEST_MAX];
};

/* False when no digest of a known algorithm is in it. */
bool pl_sri_parse(struct pb_str text, struct pl_sri *out);
/* `digest` is of sri->kind. */
bool pl_sri_matches(const struct pl_sri *sri, const uint8_t *digest);
void pl_sri_format(enum pb_digest_kind kind, const uint8_t *digest, char out[PL_SRI_TEXT_MAX]);

#endif
