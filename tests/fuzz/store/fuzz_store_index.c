/* SPDX-License-Identifier: MIT */
/* Records of the index. Their checksums are put right first: the decoder must not depend on them
 * for memory safety. */
#include "installer/store/package_path.h"
#include "installer/store/store_record.h"

#include <libdeflate.h>
#include <stddef.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_right(struct pl_record_head *head, size_t size)
{
    struct pl_record_head right = pl_record_bare(PL_RECORD_PACKAGE, NULL, size);
    head->magic = right.magic;
    head->length = size;
    head->kind = PL_RECORD_PACKAGE;
    head->body_crc = libdeflate_crc32(0, head + 1, size - sizeof *head);
    size_t from = offsetof(struct pl_record_head, length);
    head->head_crc = libdeflate_crc32(0, (char *)head + from, sizeof *head - from);
}

static void check_package(const struct pl_store_package *p)
{
    for (size_t i = 0; i < p->dir_count; i++)
        if (!pl_path_is_clean(p->dirs[i]) || p->dirs[i].p[p->dirs[i].n] != '\0') abort();
    for (size_t i = 0; i < p->file_count; i++) {
        const struct pl_store_file *file = &p->files[i];
        if (!pl_path_is_clean(file->path) || file->path.p[file->path.n] != '\0') abort();
        if (file->mode != 0644 && file->mode != 0755) abort();
    }
}

/* What was decoded must encode to the same package again. */
static void check_round_trip(const struct pl_store_package *p, struct pb_arena *arena)
{
    struct pl_store_key key = pl_store_key(p->key);
    struct pb_buf again PB_AUTO_BUF = PB_BUF_INIT((size_t)64 << 20);
    struct pl_store_package copy;
    if (pl_record_encode(&key, p, 7, &again, NULL) != 0) abort();
    const struct pl_record_head *head = (const struct pl_record_head *)(const void *)again.p;
    if (!pl_record_head_is_good(head, again.n) || head->length != again.n) abort();
    if (!pl_record_decode(head, arena, &copy)) abort();
    if (copy.file_count != p->file_count || copy.dir_count != p->dir_count) abort();
    if (!pb_str_eq(copy.key, p->key)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n = size / 8 * 8;
    if (n < sizeof(struct pl_record_head)) return 0;
    struct pl_record_head *head = malloc(n);
    if (!head) abort();
    memcpy(head, data, n);
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_store_package package;
    if (pl_record_head_is_good(head, n) && pl_record_decode(head, &arena, &package))
        check_package(&package);
    put_right(head, n);
    if (pl_record_head_is_good(head, n) && pl_record_decode(head, &arena, &package)) {
        check_package(&package);
        check_round_trip(&package, &arena);
    }
    pb_arena_release(&arena);
    free(head);
    return 0;
}
