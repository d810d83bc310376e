/* SPDX-License-Identifier: MIT */
#include "installer/stages/sri.h"

#include <stdio.h>

static const struct {
    const char *prefix;
    enum pb_digest_kind kind;
} algorithms[] = {
    /* weakest first */
    {"sha1-", PB_SHA1},
    {"sha256-", PB_SHA256},
    {"sha384-", PB_SHA384},
    {"sha512-", PB_SHA512},
};
#define ALGORITHMS (sizeof algorithms / sizeof algorithms[0])

static bool parse_one(struct pb_str text, size_t *strength, uint8_t digest[PB_DIGEST_MAX])
{
    for (size_t i = 0; i < ALGORITHMS; i++) {
        if (!pb_str_starts(text, algorithms[i].prefix)) continue;
        struct pb_str base64 = pb_str_skip(text, strlen(algorithms[i].prefix));
        ptrdiff_t options = pb_str_find(base64, '?');
        if (options >= 0) base64.n = (size_t)options;
        size_t n;
        if (!pb_unbase64(base64, digest, PB_DIGEST_MAX, &n)) return false;
        *strength = i;
        return n == pb_digest_size(algorithms[i].kind);
    }
    return false;
}

static bool next_word(struct pb_str *rest, struct pb_str *word)
{
    *rest = pb_str_trim(*rest);
    if (rest->n == 0) return false;
    size_t n = 0;
    while (n < rest->n && !memchr(" \t\r\n", rest->p[n], 4))
        n++;
    *word = pb_strn(rest->p, n);
    *rest = pb_str_skip(*rest, n);
    return true;
}

bool pl_sri_parse(struct pb_str text, struct pl_sri *out)
{
    *out = (struct pl_sri){0};
    size_t strongest = 0;
    for (struct pb_str word; next_word(&text, &word);) {
        uint8_t digest[PB_DIGEST_MAX] = {0};
        size_t strength;
        if (!parse_one(word, &strength, digest)) continue;
        if (strength > strongest) out->n = 0;
        if (out->n == 0) strongest = strength;
        if (strength < strongest || out->n == PL_SRI_DIGESTS_MAX) continue;
        out->kind = algorithms[strength].kind;
        memcpy(out->digests[out->n++], digest, sizeof digest);
    }
    return out->n > 0;
}

bool pl_sri_matches(const struct pl_sri *sri, const uint8_t *digest)
{
    for (size_t i = 0; i < sri->n; i++)
        if (memcmp(sri->digests[i], digest, pb_digest_size(sri->kind)) == 0) return true;
    return false;
}

void pl_sri_format(enum pb_digest_kind kind, const uint8_t *digest, char out[PL_SRI_TEXT_MAX])
{
    char base64[4 * ((PB_DIGEST_MAX + 2) / 3) + 1];
    pb_base64(digest, pb_digest_size(kind), base64);
    const char *prefix = algorithms[ALGORITHMS - 1].prefix;
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (algorithms[i].kind == kind) prefix = algorithms[i].prefix;
    snprintf(out, PL_SRI_TEXT_MAX, "%s%s", prefix, base64);
}
