/* SPDX-License-Identifier: MIT */
#include "installer/store/store_index.h"

#include "base/fs.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define INDEX_MAX ((size_t)1 << 20)

/* The package of a number, as recorded. */
struct record {
    char key[32];
    struct pb_str dirs[2];
    struct pl_store_file files[2];
    struct pl_store_package package;
};

static void make_record(unsigned number, struct record *r)
{
    *r = (struct record){0};
    (void)snprintf(r->key, sizeof r->key, "key %u", number);
    r->dirs[0] = pb_str("lib");
    r->dirs[1] = pb_str("lib/deep");
    r->files[0] = (struct pl_store_file){pb_str("cli.js"), 0755, 7 * number, 1000000 + number, 0};
    r->files[1] = (struct pl_store_file){pb_str("lib/deep/b.js"), 0644, 9 * number, 5, number};
    r->package = (struct pl_store_package){.key = pb_str(r->key),
                                           .dirs = r->dirs,
                                           .dir_count = number % 3,
                                           .files = r->files,
                                           .file_count = 2,
                                           .bytes = 1000005 + number};
}

static struct pl_index *open_index(int dirfd)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_index *index = pl_index_open(dirfd, "index", 7, &err);
    cr_assert_not_null(index, "%s", err.msg);
    return index;
}

static void append(struct pl_index *index, unsigned number)
{
    struct record r;
    struct pb_err err = PB_ERR_INIT;
    make_record(number, &r);
    struct pl_store_key key = pl_store_key(r.package.key);
    cr_assert_eq(pl_index_lock(index, &err), 0, "%s", err.msg);
    cr_assert_eq(pl_index_append(index, &key, &r.package, &err), 0, "%s", err.msg);
    pl_index_unlock(index);
}

static bool same_files(const struct pl_store_package *a, const struct pl_store_package *b)
{
    if (a->dir_count != b->dir_count || a->file_count != b->file_count) return false;
    for (size_t i = 0; i < a->dir_count; i++)
        if (!pb_str_eq(a->dirs[i], b->dirs[i])) return false;
    for (size_t i = 0; i < a->file_count; i++) {
        const struct pl_store_file *x = &a->files[i], *y = &b->files[i];
        if (!pb_str_eq(x->path, y->path) || x->path.p[x->path.n] != '\0') return false;
        if (x->mode != y->mode || x->bytes != y->bytes || x->crc32 != y->crc32 ||
            x->number != y->number)
            return false;
    }
    return true;
}

/* Whether the package is there; when it is, it must be right. */
static bool is_there(struct pl_index *index, unsigned number)
{
    struct record r;
    make_record(number, &r);
    struct pl_store_key key = pl_store_key(r.package.key);
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_store_package got;
    bool check_sizes;
    const struct pl_record_head *record = pl_index_find(index, &key, &check_sizes);
    bool is_good = record && pl_record_decode(record, &arena, &got);
    if (is_good) {
        cr_assert(pb_str_eq(got.key, r.package.key));
        cr_assert_eq(got.bytes, r.package.bytes);
        cr_assert(same_files(&got, &r.package));
    }
    pb_arena_release(&arena);
    return is_good;
}

static unsigned count_there(struct pl_index *index, unsigned first, unsigned last)
{
    unsigned count = 0;
    for (unsigned i = first; i <= last; i++)
        count += is_there(index, i);
    return count;
}

static void write_bytes(int dirfd, const struct pb_buf *bytes, size_t n)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_write_file(dirfd, "index", pb_strn(bytes->p, n), 0666, &err), 0, "%s", err.msg);
}

/* An index of three records. */
static void make_index(int dirfd, struct pb_buf *bytes)
{
    struct pl_index *index = open_index(dirfd);
    for (unsigned i = 1; i <= 3; i++)
        append(index, i);
    pl_index_close(index);
    read_text(dirfd, "index", bytes);
}

Test(store_index, keeps_records_over_closing)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_index *index = open_index(dir.fd);
    for (unsigned i = 0; i < 2000; i++) /* the table grows */
        append(index, i);
    cr_assert_eq(count_there(index, 0, 2010), 2000);
    pl_index_close(index);
    index = open_index(dir.fd);
    cr_assert_eq(count_there(index, 0, 2010), 2000);
    size_t at = 0, keys = 0;
    struct pl_store_key key;
    while (pl_index_next(index, &at, &key))
        keys++;
    cr_assert_eq(keys, 2000);
    pl_index_close(index);
    temp_dir_remove(&dir);
}

Test(store_index, the_last_record_of_a_key_counts)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_index *a = open_index(dir.fd), *b = open_index(dir.fd);
    struct pb_err err = PB_ERR_INIT;
    struct pl_store_key key = pl_store_key(pb_str("key 1"));
    append(a, 1);
    cr_assert(!is_there(b, 1));
    cr_assert_eq(pl_index_refresh(b, &err), 0);
    cr_assert(is_there(b, 1));
    uint64_t first = pl_index_offset(b, &key);
    cr_assert_eq(pl_index_lock(a, &err), 0);
    cr_assert_eq(pl_index_forget(a, &key, &err), 0);
    pl_index_unlock(a);
    cr_assert(!is_there(a, 1));
    cr_assert_eq(pl_index_refresh(b, &err), 0);
    cr_assert(!is_there(b, 1));
    append(b, 1);
    cr_assert_gt(pl_index_offset(b, &key), first);
    cr_assert_eq(pl_index_refresh(a, &err), 0);
    cr_assert(is_there(a, 1));
    pl_index_close(a);
    pl_index_close(b);
    temp_dir_remove(&dir);
}

/* Each byte, several ways: nothing wrong is ever handed out, and writing goes on. */
Test(store_index, survives_damage_at_every_byte)
{
    static const unsigned char flips[] = {0x01, 0x80, 0xff};
    struct temp_dir dir = temp_dir_new();
    struct pb_buf bytes PB_AUTO_BUF = PB_BUF_INIT(INDEX_MAX);
    make_index(dir.fd, &bytes);
    for (size_t at = 0; at < bytes.n; at++) {
        for (size_t f = 0; f < sizeof flips; f++) {
            bytes.p[at] = (char)(bytes.p[at] ^ flips[f]);
            write_bytes(dir.fd, &bytes, bytes.n);
            struct pl_index *index = open_index(dir.fd);
            unsigned there = count_there(index, 1, 3);
            cr_assert_eq(there == 3, at < 64, "byte %zu: %u records", at, there);
            append(index, 4);
            for (unsigned i = 1; i <= 3; i++)
                if (!is_there(index, i)) append(index, i);
            pl_index_close(index);
            index = open_index(dir.fd);
            cr_assert_eq(count_there(index, 1, 4), 4, "byte %zu", at);
            pl_index_close(index);
            bytes.p[at] = (char)(bytes.p[at] ^ flips[f]);
        }
    }
    temp_dir_remove(&dir);
}

Test(store_index, survives_a_cut_at_every_byte)
{
    struct temp_dir dir = temp_dir_new();
    struct pb_buf bytes PB_AUTO_BUF = PB_BUF_INIT(INDEX_MAX);
    make_index(dir.fd, &bytes);
    for (size_t n = 0; n <= bytes.n; n++) {
        write_bytes(dir.fd, &bytes, n);
        struct pl_index *index = open_index(dir.fd), *reader = open_index(dir.fd);
        unsigned there = count_there(index, 1, 3);
        for (unsigned i = 1; i <= there; i++)
            cr_assert(is_there(index, i), "%zu bytes: a record before the cut is lost", n);
        append(index, 4);
        append(index, 5);
        struct pb_err err = PB_ERR_INIT;
        cr_assert_eq(pl_index_refresh(reader, &err), 0, "%s", err.msg);
        cr_assert_eq(count_there(reader, 1, 5), there + 2, "%zu bytes", n);
        pl_index_close(index);
        pl_index_close(reader);
    }
    temp_dir_remove(&dir);
}

/* A tail as a power cut leaves it: the right length, but zeros. */
Test(store_index, covers_a_tail_of_zeros)
{
    struct temp_dir dir = temp_dir_new();
    struct pb_buf bytes PB_AUTO_BUF = PB_BUF_INIT(INDEX_MAX);
    make_index(dir.fd, &bytes);
    memset(bytes.p + bytes.n - 192, 0, 192);
    write_bytes(dir.fd, &bytes, bytes.n);
    struct pl_index *index = open_index(dir.fd);
    append(index, 4);
    cr_assert(is_there(index, 4));
    append(index, 3);
    pl_index_close(index);
    index = open_index(dir.fd);
    cr_assert_eq(count_there(index, 1, 4), 4);
    pl_index_close(index);
    temp_dir_remove(&dir);
}

Test(store_index, an_index_that_shrinks_is_an_error)
{
    struct temp_dir dir = temp_dir_new();
    struct pb_buf bytes PB_AUTO_BUF = PB_BUF_INIT(INDEX_MAX);
    make_index(dir.fd, &bytes);
    struct pl_index *index = open_index(dir.fd);
    PB_AUTO_FD int fd = openat(dir.fd, "index", O_WRONLY);
    cr_assert_eq(ftruncate(fd, 100), 0);
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_index_refresh(index, &err), -1);
    cr_assert_eq(err.code, PB_E_CONFLICT);
    pl_index_close(index);
    temp_dir_remove(&dir);
}

/* More than one mapping: packages of the first must stay readable. */
Test(store_index, outgrows_its_mapping)
{
    enum { FILES = 60000, RECORDS = 12 };
    struct temp_dir dir = temp_dir_new();
    struct pl_index *index = open_index(dir.fd);
    append(index, 1);
    cr_assert(is_there(index, 1));
    struct pl_store_file *files = calloc(FILES, sizeof *files);
    char path[200], key_text[32];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    for (size_t i = 0; i < FILES; i++)
        files[i] = (struct pl_store_file){.path = pb_str(path), .mode = 0644};
    for (unsigned i = 0; i < RECORDS; i++) {
        struct pb_err err = PB_ERR_INIT;
        (void)snprintf(key_text, sizeof key_text, "large %u", i);
        struct pl_store_package p = {.key = pb_str(key_text), .files = files, .file_count = FILES};
        struct pl_store_key key = pl_store_key(p.key);
        cr_assert_eq(pl_index_lock(index, &err), 0);
        cr_assert_eq(pl_index_append(index, &key, &p, &err), 0, "%s", err.msg);
        pl_index_unlock(index);
    }
    append(index, 2);
    cr_assert_eq(count_there(index, 1, 2), 2);
    pl_index_close(index);
    free(files);
    temp_dir_remove(&dir);
}
