/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <criterion/criterion.h>

/* FIPS 180-4 example values for "abc". */
static const struct {
    enum pb_digest_kind kind;
    size_t size;
    const char *hex;
} abc_rows[] = {
    {PB_SHA1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {PB_SHA256, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {PB_SHA384, 48,
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7"},
    {PB_SHA512, 64,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

Test(digest, known_values_at_once_and_in_pieces)
{
    for (size_t i = 0; i < sizeof abc_rows / sizeof abc_rows[0]; i++) {
        uint8_t out[PB_DIGEST_MAX];
        char hex[2 * PB_DIGEST_MAX + 1];
        size_t n = pb_digest_once(abc_rows[i].kind, "abc", 3, out);
        pb_hex(out, n, hex);
        cr_expect_eq(n, abc_rows[i].size);
        cr_expect_eq(pb_digest_size(abc_rows[i].kind), n);
        cr_expect_str_eq(hex, abc_rows[i].hex);

        struct pb_digest *d = pb_digest_new(abc_rows[i].kind);
        pb_digest_add(d, "a", 1);
        pb_digest_add(d, NULL, 0);
        pb_digest_add(d, "bc", 2);
        pb_hex(out, pb_digest_finish(d, out), hex);
        pb_digest_free(d);
        cr_expect_str_eq(hex, abc_rows[i].hex);
    }
    pb_digest_free(NULL);
}

static const struct {
    struct pb_str text;
    bool valid;
    struct pb_str bytes;
} hex_rows[] = {
    {PB_LIT_INIT(""), true, PB_LIT_INIT("")},
    {PB_LIT_INIT("00fF7a"), true, PB_LIT_INIT("\x00\xff\x7a")},
    {PB_LIT_INIT("0"), false, PB_LIT_INIT("")},
    {PB_LIT_INIT("0g"), false, PB_LIT_INIT("")},
    {PB_LIT_INIT(" 0"), false, PB_LIT_INIT("")},
    {PB_LIT_INIT("0011223344"), false, PB_LIT_INIT("")},
};

Test(digest, unhex_is_strict_and_bounded)
{
    for (size_t i = 0; i < sizeof hex_rows / sizeof hex_rows[0]; i++) {
        uint8_t out[4];
        size_t n = 0;
        bool valid = pb_unhex(hex_rows[i].text, out, sizeof out, &n);
        cr_expect_eq(valid, hex_rows[i].valid, "row %zu", i);
        if (valid) cr_expect(pb_str_eq(pb_strn((char *)out, n), hex_rows[i].bytes), "row %zu", i);
    }
}

/* RFC 4648 section 10, and texts that must be refused. */
static const struct {
    const char *bytes, *text;
} base64_rows[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+"},
};
static const char *const base64_malformed[] = {
    "Z",
    "Zg",
    "Zg=",
    "=",
    "====",
    "Z===",
    "Zg==Zg==",
    "Zm9v\n",
    "Zm-_",
    "Zh==",
    /* bits */ "Zm9=",
    /* bits */ " Zg==",
    "Zm9vYmFyZm9v", /* too long */
};

Test(digest, base64_round_trip)
{
    for (size_t i = 0; i < sizeof base64_rows / sizeof base64_rows[0]; i++) {
        struct pb_str bytes = pb_str(base64_rows[i].bytes);
        char text[16];
        pb_base64((const uint8_t *)bytes.p, bytes.n, text);
        cr_expect_str_eq(text, base64_rows[i].text);
        uint8_t out[6];
        size_t n = 99;
        cr_expect(pb_unbase64(pb_str(text), out, sizeof out, &n), "%s", text);
        cr_expect(pb_str_eq(pb_strn((char *)out, n), bytes), "%s", text);
    }
}

Test(digest, unbase64_refuses_what_is_not_canonical)
{
    for (size_t i = 0; i < sizeof base64_malformed / sizeof base64_malformed[0]; i++) {
        uint8_t out[6];
        size_t n;
        cr_expect_not(pb_unbase64(pb_str(base64_malformed[i]), out, sizeof out, &n), "%s",
                      base64_malformed[i]);
    }
}
