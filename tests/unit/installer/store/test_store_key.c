/* SPDX-License-Identifier: MIT */
#include "installer/store/store_key.h"

#include <criterion/criterion.h>

/* SHA-512, SHA-1, SHA-256 of the empty text. */
#define S512                                                                                       \
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/"                                                    \
    "SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
#define S1 "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="
#define S256 "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define OTHER512                                                                                   \
    "sha512-"                                                                                      \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
#define HEX512                                                                                     \
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff"           \
    "8318d2877eec2f63b931bd47417a81a538327af927da3e"

static const struct {
    const char *text;
    enum pl_key_kind kind;
    const char *hex; /* NULL: of the text itself */
} cases[] = {
    {S512, PL_KEY_SHA512, HEX512},
    {S512 "?some=option", PL_KEY_SHA512, HEX512},
    {"  " S512 " ", PL_KEY_SHA512, HEX512},
    {S1 " " S512, PL_KEY_SHA512, HEX512},
    {S512 " " S256 " " S1, PL_KEY_SHA512, HEX512},
    {S512 " " S512, PL_KEY_SHA512, HEX512},
    {"md5-xxxx " S512, PL_KEY_SHA512, HEX512},
    {S1, PL_KEY_SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {S256, PL_KEY_SHA256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {S512 " " OTHER512, PL_KEY_TEXT, NULL},
    {"https://registry.example/a.tgz", PL_KEY_TEXT, NULL},
    {"", PL_KEY_TEXT, HEX512}, /* the digest of nothing, but as a text */
    {"sha512-short", PL_KEY_TEXT, NULL},
    {"sha512-" S1, PL_KEY_TEXT, NULL},
};

Test(store_key, is_the_strongest_hash_or_that_of_the_text)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pl_store_key key = pl_store_key(pb_str(cases[i].text));
        cr_assert(pl_store_key_is_good(&key));
        cr_assert_eq(key.kind, cases[i].kind, "%s", cases[i].text);
        uint8_t of_text[PB_DIGEST_MAX];
        size_t n = pb_digest_once(PB_SHA512, cases[i].text, strlen(cases[i].text), of_text);
        char hex[2 * PB_DIGEST_MAX + 1], want[2 * PB_DIGEST_MAX + 1];
        pb_hex(key.digest, key.n, hex);
        pb_hex(of_text, n, want);
        cr_assert_str_eq(hex, cases[i].hex ? cases[i].hex : want, "%s", cases[i].text);
    }
}

Test(store_key, what_allows_two_contents_is_no_content_address)
{
    struct pl_store_key a = pl_store_key(pb_str(S512 " " OTHER512));
    struct pl_store_key b = pl_store_key(pb_str(S512));
    struct pl_store_key c = pl_store_key(pb_str(S512 " " OTHER512 " " OTHER512));
    cr_assert(!pl_store_key_eq(&a, &b));
    cr_assert_eq(c.kind, PL_KEY_TEXT);
}

Test(store_key, checks_keys_from_outside)
{
    struct pl_store_key key = pl_store_key(pb_str(S1));
    key.n = 21;
    cr_assert(!pl_store_key_is_good(&key));
    key.n = 20;
    key.kind = 5;
    cr_assert(!pl_store_key_is_good(&key));
}
