/* SPDX-License-Identifier: MIT */
#include "installer/store/store_key.h"

#include <stdio.h>

static const struct {
    const char *name;
    uint8_t digest_bytes;
} kinds[] = {
    [PL_KEY_TEXT] = {"text", 64},     [PL_KEY_SHA1] = {"sha1", 20},
    [PL_KEY_SHA256] = {"sha256", 32}, [PL_KEY_SHA384] = {"sha384", 48},
    [PL_KEY_SHA512] = {"sha512", 64},
};
#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

/* One hash of SRI text; options after '?' do not count. */
static bool parse_hash(struct pb_str token, struct pl_store_key *out)
{
    ptrdiff_t dash = pb_str_find(token, '-');
    if (dash < 0) return false;
    struct pb_str name = pb_strn(token.p, (size_t)dash);
    struct pb_str value = pb_str_skip(token, (size_t)dash + 1);
    ptrdiff_t option = pb_str_find(value, '?');
    if (option >= 0) value.n = (size_t)option;
    for (size_t kind = PL_KEY_SHA1; kind < KIND_COUNT; kind++) {
        if (!pb_str_is(name, kinds[kind].name)) continue;
        size_t n;
        *out = (struct pl_store_key){.kind = (uint8_t)kind, .n = kinds[kind].digest_bytes};
        return pb_unbase64(value, out->digest, sizeof out->digest, &n) && n == out->n;
    }
    return false;
}

struct pl_store_key pl_store_key(struct pb_str text)
{
    struct pl_store_key best = {0}, hash;
    bool is_ambiguous = text.n == 0;
    struct pb_str rest = pb_str_trim(text), token;
    while (pb_str_split(&rest, ' ', &token)) {
        if (token.n == 0) continue;
        if (!parse_hash(token, &hash)) continue; /* SRI: unknown algorithms are passed over */
        if (hash.kind == best.kind && !pl_store_key_eq(&hash, &best)) is_ambiguous = true;
        if (hash.kind <= best.kind) continue;
        best = hash;
        is_ambiguous = false;
    }
    if (best.kind != PL_KEY_TEXT && !is_ambiguous) return best;
    struct pl_store_key named = {.kind = PL_KEY_TEXT, .n = 64};
    (void)pb_digest_once(PB_SHA512, text.p, text.n, named.digest);
    return named;
}

bool pl_store_key_eq(const struct pl_store_key *a, const struct pl_store_key *b)
{
    return a->kind == b->kind && a->n == b->n && memcmp(a->digest, b->digest, a->n) == 0;
}

bool pl_store_key_is_good(const struct pl_store_key *key)
{
    return key->kind < KIND_COUNT && key->n == kinds[key->kind].digest_bytes;
}
