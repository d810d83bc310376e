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
#define FOLDER512                                                                                  \
    "packages/cf/83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff" \
    "8318d2877eec2f63b931bd47417a81a538327af927da3e"

static const struct {
    const char *text;
    const char *folder; /* its beginning */
} cases[] = {
    {S512, FOLDER512},
    {S512 "?some=option", FOLDER512},
    {"  " S512 " ", FOLDER512},
    {S1 " " S512, FOLDER512},
    {S512 " " S256 " " S1, FOLDER512},
    {S512 " " S512, FOLDER512},
    {"md5-xxxx " S512, FOLDER512},
    {S1, "packages/da/sha1-39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {S256, "packages/e3/sha256-b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {S512 " " OTHER512, "packages/"},
    {"https://registry.example/a.tgz", "packages/"},
    {"", "packages/cf/text-83e1"}, /* the digest of nothing, but as a text */
    {"sha512-short", "packages/"},
    {"sha512-" S1, "packages/"},
};

Test(store_key, names_a_folder)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pl_store_key key = pl_store_key(pb_str(cases[i].text));
        char folder[PL_STORE_FOLDER_MAX];
        pl_store_key_folder(&key, folder);
        cr_assert(pl_store_key_is_good(&key));
        cr_assert(pb_str_starts(pb_str(folder), cases[i].folder), "%s gave %s", cases[i].text,
                  folder);
        bool is_text = strstr(folder, "/text-") != NULL;
        cr_assert_eq(key.kind == PL_KEY_TEXT, is_text);
        if (strcmp(cases[i].folder, "packages/") == 0) cr_assert(is_text, "%s", cases[i].text);
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
