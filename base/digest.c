/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include "base/err.h"
#include "base/late_library.h"
#include "base/mem.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

#define EACH(F)                                                                                    \
    F(EVP_DigestFinal_ex)                                                                          \
    F(EVP_DigestInit_ex)                                                                           \
    F(EVP_DigestUpdate)                                                                            \
    F(EVP_MD_CTX_free)                                                                             \
    F(EVP_MD_CTX_new)                                                                              \
    F(EVP_sha1)                                                                                    \
    F(EVP_sha256)                                                                                  \
    F(EVP_sha384)                                                                                  \
    F(EVP_sha512)

static const char *const names[] = {EACH(PB_LATE_NAME)};
static struct {
    EACH(PB_LATE_MEMBER)
} crypto;

static void load(void)
{
    struct pb_err err = PB_ERR_INIT;
    if (pb_late_library_load("libcrypto.so.3", names, &crypto, sizeof names / sizeof names[0],
                             &err) != 0)
        PB_BUG("%s", err.msg);
}

struct pb_digest {
    EVP_MD_CTX *ctx;
};

static const EVP_MD *algorithm(enum pb_digest_kind kind)
{
    switch (kind) {
    case PB_SHA1:
        return crypto.EVP_sha1();
    case PB_SHA256:
        return crypto.EVP_sha256();
    case PB_SHA384:
        return crypto.EVP_sha384();
    case PB_SHA512:
        return crypto.EVP_sha512();
    }
    PB_BUG("unknown digest kind %d", (int)kind);
}

struct pb_digest *pb_digest_new(enum pb_digest_kind kind)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    struct pb_digest *d = pb_malloc(sizeof *d);
    d->ctx = crypto.EVP_MD_CTX_new();
    if (!d->ctx || crypto.EVP_DigestInit_ex(d->ctx, algorithm(kind), NULL) != 1)
        PB_BUG("libcrypto cannot start a digest of kind %d", (int)kind);
    return d;
}

void pb_digest_add(struct pb_digest *d, const void *data, size_t n)
{
    if (n && crypto.EVP_DigestUpdate(d->ctx, data, n) != 1)
        PB_BUG("libcrypto cannot digest %zu bytes", n);
}

size_t pb_digest_finish(struct pb_digest *d, uint8_t out[PB_DIGEST_MAX])
{
    unsigned n = 0;
    if (crypto.EVP_DigestFinal_ex(d->ctx, out, &n) != 1) PB_BUG("libcrypto cannot finish a digest");
    return n;
}

void pb_digest_free(struct pb_digest *d)
{
    if (!d) return;
    crypto.EVP_MD_CTX_free(d->ctx);
    free(d);
}

size_t pb_digest_once(enum pb_digest_kind kind, const void *data, size_t n,
                      uint8_t out[PB_DIGEST_MAX])
{
    struct pb_digest *d = pb_digest_new(kind);
    pb_digest_add(d, data, n);
    size_t length = pb_digest_finish(d, out);
    pb_digest_free(d);
    return length;
}

size_t pb_digest_size(enum pb_digest_kind kind)
{
    static const size_t sizes[] = {
        [PB_SHA1] = 20, [PB_SHA256] = 32, [PB_SHA384] = 48, [PB_SHA512] = 64};
    return sizes[kind];
}

void pb_hex(const uint8_t *data, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 15];
    }
    out[2 * n] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool pb_unhex(struct pb_str text, uint8_t *out, size_t max, size_t *n)
{
    if (text.n % 2 != 0 || text.n / 2 > max) return false;
    for (size_t i = 0; i < text.n / 2; i++) {
        int high = hex_value(text.p[2 * i]), low = hex_value(text.p[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    *n = text.n / 2;
    return true;
}

void pb_base64(const uint8_t *data, size_t n, char *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned left = n - i < 3 ? (unsigned)(n - i) : 3;
        unsigned bits = (unsigned)data[i] << 16;
        if (left > 1) bits |= (unsigned)data[i + 1] << 8;
        if (left > 2) bits |= data[i + 2];
        *out++ = alphabet[bits >> 18];
        *out++ = alphabet[bits >> 12 & 63];
        *out++ = '=';
        *out++ = '=';
        if (left > 1) out[-2] = alphabet[bits >> 6 & 63];
        if (left > 2) out[-1] = alphabet[bits & 63];
    }
    *out = '\0';
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    if (c == '/') return 63;
    return -1;
}

bool pb_unbase64(struct pb_str text, uint8_t *out, size_t max, size_t *n)
{
    if (text.n % 4 != 0) return false;
    size_t padding = 0;
    while (padding < 2 && padding < text.n && text.p[text.n - 1 - padding] == '=')
        padding++;
    size_t length = text.n / 4 * 3 - padding;
    if (length > max) return false;

    unsigned bits = 0, bit_count = 0;
    size_t done = 0;
    for (size_t i = 0; i < text.n - padding; i++) {
        int value = base64_value(text.p[i]);
        if (value < 0) return false;
        bits = (bits << 6 | (unsigned)value) & 0xffff;
        bit_count += 6;
        if (bit_count < 8) continue;
        bit_count -= 8;
        out[done++] = (uint8_t)(bits >> bit_count);
    }
    if (bits & ((1U << bit_count) - 1)) return false; /* one text per value: unused bits are zero */
    *n = length;
    return true;
}
