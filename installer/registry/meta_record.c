/* SPDX-License-Identifier: MIT */
#include "installer/registry/meta_record.h"

#include <libdeflate.h>
#include <stddef.h>
#include <string.h>

#define MAGIC 0x706c6d65746164a2ULL
enum { FORMAT_VERSION = 2, FLAG_GZIP = 1, FLAG_FULL = 2 };

static uint32_t head_crc(const struct pl_meta_head *head)
{
    struct pl_meta_head h = *head;
    h.head_crc = 0;
    const size_t from = offsetof(struct pl_meta_head, version);
    return libdeflate_crc32(0, (const char *)&h + from, sizeof h - from);
}

static uint64_t texts_end(const struct pl_meta_head *h)
{
    return (uint64_t)sizeof *h + h->registry_n + h->package_n + h->etag_n;
}

uint64_t pl_meta_record_bytes(const struct pl_meta_head *h)
{
    return (texts_end(h) + h->body_n) / 8 * 8 + 8;
}

bool pl_meta_head_is_full(const struct pl_meta_head *h)
{
    return h->flags & FLAG_FULL;
}

bool pl_meta_head_is_good(const struct pl_meta_head *h)
{
    return h->magic == MAGIC && h->version == FORMAT_VERSION &&
           h->flags <= (FLAG_GZIP | FLAG_FULL) && h->registry_n <= PL_META_TEXT_MAX &&
           h->package_n <= PL_META_TEXT_MAX && h->etag_n <= PL_META_TEXT_MAX &&
           h->body_n <= PL_META_BODY_MAX && h->head_crc == head_crc(h);
}

bool pl_meta_encode(const struct pl_meta_key *key, const struct pl_meta_entry *entry,
                    struct pb_buf *out)
{
    if (key->registry.n > PL_META_TEXT_MAX || key->package.n > PL_META_TEXT_MAX ||
        entry->etag.n > PL_META_TEXT_MAX || entry->body.n > PL_META_BODY_MAX)
        return false;
    struct pl_meta_head h = {.magic = MAGIC,
                             .fetched_ns = entry->fetched_ns,
                             .version = FORMAT_VERSION,
                             .flags = (entry->gzip ? FLAG_GZIP : 0u) | (key->full ? FLAG_FULL : 0u),
                             .registry_n = (uint32_t)key->registry.n,
                             .package_n = (uint32_t)key->package.n,
                             .etag_n = (uint32_t)entry->etag.n,
                             .body_n = entry->body.n};
    size_t start = out->n;
    pb_buf_add(out, &h, sizeof h);
    pb_buf_add_str(out, key->registry);
    pb_buf_add_str(out, key->package);
    pb_buf_add_str(out, entry->etag);
    for (uint64_t n = texts_end(&h) + h.body_n; n < pl_meta_record_bytes(&h); n++)
        pb_buf_add_char(out, '\0');
    if (!pb_buf_ok(out)) return false;
    size_t texts = start + sizeof h;
    uint32_t crc = libdeflate_crc32(0, out->p + texts, out->n - texts);
    h.text_crc = libdeflate_crc32(crc, entry->body.p, entry->body.n);
    h.head_crc = head_crc(&h);
    memcpy(out->p + start, &h, sizeof h);
    return true;
}

bool pl_meta_decode(struct pb_str record, const struct pl_meta_key *key, struct pl_meta_entry *out)
{
    struct pl_meta_head h;
    if (record.n < sizeof h) return false;
    memcpy(&h, record.p, sizeof h);
    if (!pl_meta_head_is_good(&h) || record.n < pl_meta_record_bytes(&h)) return false;
    struct pb_str texts = pb_strn(record.p + sizeof h, (size_t)pl_meta_record_bytes(&h) - sizeof h);
    if (libdeflate_crc32(0, texts.p, texts.n) != h.text_crc) return false;
    struct pb_str registry = pb_strn(texts.p, h.registry_n);
    struct pb_str package = pb_strn(registry.p + registry.n, h.package_n);
    out->etag = pb_strn(package.p + package.n, h.etag_n);
    out->body = pb_str_skip(texts, texts.n - (size_t)h.body_n);
    out->gzip = h.flags & FLAG_GZIP;
    out->fetched_ns = h.fetched_ns;
    return pb_str_eq(registry, key->registry) && pb_str_eq(package, key->package) &&
           !(h.flags & FLAG_FULL) == !key->full && out->etag.p[out->etag.n] == '\0';
}
