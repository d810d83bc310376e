/* SPDX-License-Identifier: MIT */
#include "installer/stages/sri.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Digests of "abc", FIPS 180-4. */
#define SHA1_ABC "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0="
#define SHA256_ABC "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
#define SHA512_ABC                                                                                 \
    "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/"                         \
    "uu9RU1EI2Q86A4qmslPpUyknw=="
#define SHA512_OTHER                                                                               \
    "sha512-AAAAoZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/"                         \
    "uu9RU1EI2Q86A4qmslPpUyknw=="

static bool accepts_abc(const char *text)
{
    struct pl_sri sri;
    uint8_t digest[PB_DIGEST_MAX];
    if (!pl_sri_parse(pb_str(text), &sri)) return false;
    pb_digest_once(sri.kind, "abc", 3, digest);
    return pl_sri_matches(&sri, digest);
}

Test(sri, strongest_algorithm_decides)
{
    static const struct {
        const char *text;
        bool accepted;
    } cases[] = {
        {SHA1_ABC, true},
        {SHA256_ABC, true},
        {SHA512_ABC, true},
        {SHA512_ABC "?size=3", true},
        {"  \t" SHA1_ABC "\n", true},
        {SHA1_ABC " " SHA512_ABC, true},
        {SHA512_ABC " " SHA1_ABC, true},
        /* a weak digest that fits does not help against a strong one that does not */
        {SHA1_ABC " " SHA512_OTHER, false},
        {SHA512_OTHER " " SHA1_ABC, false},
        /* any of several strongest ones */
        {SHA512_OTHER " " SHA512_ABC, true},
        {"md5-kAFQmDzST7DWlj99KOF/cg== " SHA256_ABC, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(accepts_abc(cases[i].text), cases[i].accepted, "%s", cases[i].text);
}

Test(sri, nothing_usable_is_refused)
{
    static const char *const cases[] = {
        "",
        " ",
        "sha512-",
        "sha512",
        "abc",
        "md5-kAFQmDzST7DWlj99KOF/cg==",
        "sha512-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
        "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0",
        "sha1-qZk*NkcGgWq6PiVxeFDCbJzQ2J0=",
        "SHA1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
    };
    struct pl_sri sri;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_not(pl_sri_parse(pb_str(cases[i]), &sri), "%s", cases[i]);
    cr_expect_not(pl_sri_parse(pb_strn("sha1\0 ", 6), &sri));
}

Test(sri, formats_what_it_parses)
{
    static const char *const cases[] = {SHA1_ABC, SHA256_ABC, SHA512_ABC};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_sri sri;
        char text[PL_SRI_TEXT_MAX];
        cr_assert(pl_sri_parse(pb_str(cases[i]), &sri));
        pl_sri_format(sri.kind, sri.digests[0], text);
        cr_expect_str_eq(text, cases[i]);
    }
}

Test(sri, more_digests_than_are_kept_do_not_overflow)
{
    char text[4096] = "";
    size_t n = 0;
    for (int i = 0; i < 30; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s ", SHA1_ABC);
    struct pl_sri sri;
    cr_assert(pl_sri_parse(pb_str(text), &sri));
    cr_expect_eq(sri.n, PL_SRI_DIGESTS_MAX);
}
