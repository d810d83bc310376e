/* SPDX-License-Identifier: MIT */
#include "installer/store/store_record.h"

#include "installer/store/package_path.h"

#include <libdeflate.h>
#include <stddef.h>

#define MAGIC 0x52636c70u /* "plcR" */
#define FILE_MODE 0644    /* and any of 0111 */

struct file_entry {
    uint64_t bytes, number;
    uint32_t crc32;
    uint16_t path_n, mode;
};
_Static_assert(sizeof(struct file_entry) == 24, "the index format");

static uint32_t head_crc(const struct pl_record_head *head)
{
    size_t from = offsetof(struct pl_record_head, length);
    return libdeflate_crc32(0, (const char *)head + from, sizeof *head - from);
}

static uint64_t round8(uint64_t n)
{
    return (n + 7) & ~(uint64_t)7;
}

struct pl_store_key pl_record_key(const struct pl_record_head *head)
{
    struct pl_store_key key = {.n = head->key_n, .kind = head->key_kind};
    memcpy(key.digest, head->digest, sizeof key.digest);
    return key;
}

bool pl_record_head_is_good(const struct pl_record_head *head, uint64_t room)
{
    if (room < sizeof *head || head->magic != MAGIC || head->head_crc != head_crc(head))
        return false;
    if (head->length < sizeof *head || head->length > room || head->length % 8 != 0) return false;
    struct pl_store_key key = pl_record_key(head);
    return head->kind == PL_RECORD_FILLER || pl_store_key_is_good(&key);
}

struct pl_record_head pl_record_bare(enum pl_record_kind kind, const struct pl_store_key *key,
                                     uint64_t length)
{
    struct pl_record_head head = {.magic = MAGIC, .length = length, .kind = (uint16_t)kind};
    if (key) {
        head.key_n = key->n;
        head.key_kind = key->kind;
        memcpy(head.digest, key->digest, sizeof head.digest);
    }
    head.head_crc = head_crc(&head);
    return head;
}

static void add_string(struct pb_buf *out, struct pb_str s)
{
    pb_buf_add_str(out, s);
    pb_buf_add_char(out, '\0');
}

static void pad(struct pb_buf *out, size_t from)
{
    while ((out->n - from) % 8 != 0 && pb_buf_ok(out))
        pb_buf_add_char(out, '\0');
}

static void add_body(const struct pl_store_package *package, struct pb_buf *out)
{
    size_t from = out->n;
    for (size_t i = 0; i < package->dir_count; i++) {
        uint32_t n = (uint32_t)package->dirs[i].n;
        pb_buf_add(out, &n, sizeof n);
    }
    pad(out, from);
    for (size_t i = 0; i < package->file_count; i++) {
        const struct pl_store_file *file = &package->files[i];
        struct file_entry entry = {.bytes = file->bytes,
                                   .crc32 = file->crc32,
                                   .number = file->number,
                                   .path_n = (uint16_t)file->path.n,
                                   .mode = (uint16_t)file->mode};
        pb_buf_add(out, &entry, sizeof entry);
    }
    add_string(out, package->key);
    for (size_t i = 0; i < package->dir_count; i++)
        add_string(out, package->dirs[i]);
    for (size_t i = 0; i < package->file_count; i++)
        add_string(out, package->files[i].path);
    pad(out, from);
}

int pl_record_encode(const struct pl_store_key *key, const struct pl_store_package *package,
                     uint64_t boot, struct pb_buf *out, struct pb_err *err)
{
    size_t from = out->n;
    struct pl_record_head head = pl_record_bare(PL_RECORD_PACKAGE, key, 0);
    pb_buf_add(out, &head, sizeof head);
    add_body(package, out);
    if (!pb_buf_ok(out) || package->dir_count > UINT32_MAX || package->file_count > UINT32_MAX ||
        package->key.n > UINT32_MAX)
        return pb_err_set(err, PB_E_LIMIT, "store: the package has too many or too long names");
    head.length = out->n - from;
    head.body_crc = libdeflate_crc32(0, out->p + from + sizeof head, out->n - from - sizeof head);
    head.dir_count = (uint32_t)package->dir_count;
    head.file_count = (uint32_t)package->file_count;
    head.key_bytes = (uint32_t)package->key.n;
    head.bytes = package->bytes;
    head.boot = boot;
    head.head_crc = head_crc(&head);
    memcpy(out->p + from, &head, sizeof head);
    return 0;
}

/* Takes a zero-terminated string of `n` bytes off the front. */
static bool take_string(struct pb_str *strings, uint64_t n, struct pb_str *out)
{
    if (n >= strings->n || strings->p[n] != '\0') return false;
    *out = pb_strn(strings->p, (size_t)n);
    *strings = pb_str_skip(*strings, (size_t)n + 1);
    return true;
}

static bool take_path(struct pb_str *strings, uint64_t n, struct pb_str *out)
{
    return take_string(strings, n, out) && pl_path_is_clean(*out);
}

static bool decode_file(const struct file_entry *entry, struct pb_str *strings,
                        struct pl_store_file *out)
{
    if ((entry->mode & ~0111) != FILE_MODE) return false;
    out->bytes = entry->bytes;
    out->crc32 = entry->crc32;
    out->mode = entry->mode;
    out->number = entry->number;
    return take_path(strings, entry->path_n, &out->path);
}

bool pl_record_decode(const struct pl_record_head *head, struct pb_arena *arena,
                      struct pl_store_package *package)
{
    *package = (struct pl_store_package){.bytes = head->bytes};
    const char *body = (const char *)(head + 1);
    uint64_t room = head->length - sizeof *head;
    if (head->kind != PL_RECORD_PACKAGE || libdeflate_crc32(0, body, room) != head->body_crc)
        return false;
    uint64_t files_at = round8(head->dir_count * (uint64_t)sizeof(uint32_t));
    uint64_t strings_at = files_at + head->file_count * (uint64_t)sizeof(struct file_entry);
    if (strings_at > room) return false;
    const uint32_t *dir_n = (const uint32_t *)(const void *)body;
    const struct file_entry *entries = (const struct file_entry *)(const void *)(body + files_at);
    struct pb_str strings = pb_strn(body + strings_at, (size_t)(room - strings_at));
    if (!take_string(&strings, head->key_bytes, &package->key)) return false;

    struct pb_str *dirs = PB_ARENA_ARRAY(arena, struct pb_str, head->dir_count);
    for (uint32_t i = 0; i < head->dir_count; i++)
        if (!take_path(&strings, dir_n[i], &dirs[i])) return false;
    struct pl_store_file *files = PB_ARENA_ARRAY(arena, struct pl_store_file, head->file_count);
    for (uint32_t i = 0; i < head->file_count; i++)
        if (!decode_file(&entries[i], &strings, &files[i])) return false;
    package->dirs = dirs;
    package->dir_count = head->dir_count;
    package->files = files;
    package->file_count = head->file_count;
    return true;
}
