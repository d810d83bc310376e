/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "base/mem.h"
#include "installer/registry/meta_cache.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct pl_meta_key key = {{"http://registry.example/", 24}, {"@s/a", 4}, false};
static const struct pl_meta_entry entry = {
    .body = {"{\"name\":\"@s/a\"}", 15}, .etag = {"\"v1\"", 4}, .gzip = true, .fetched_ns = 77};

static char *dir;
static struct pl_meta_cache *cache;

static void open_cache(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_make_temp_dir("/tmp", "meta-", &dir, &err), 0, "%s", err.msg);
    char below[300];
    snprintf(below, sizeof below, "%s/a/b", dir);
    cache = pl_meta_cache_open(below, &err);
    cr_assert_not_null(cache, "%s", err.msg);
}

static void close_cache(void)
{
    struct pb_err err = PB_ERR_INIT;
    pl_meta_cache_close(cache);
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0, "%s", err.msg);
    free(dir);
}

TestSuite(meta_cache, .init = open_cache, .fini = close_cache);

static void put(const struct pl_meta_key *k, const struct pl_meta_entry *e)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_meta_cache_put(cache, k, e, &err), 0, "%s", err.msg);
}

static const char *path_of(const struct pl_meta_key *k)
{
    static char path[700];
    char name[PL_META_NAME_MAX];
    cr_assert(pl_meta_file_name(k, name));
    snprintf(path, sizeof path, "%s/a/b/%s", dir, name);
    return path;
}

Test(meta_cache, what_was_put_is_got)
{
    struct pl_meta_entry got;
    cr_expect_not(pl_meta_cache_get(cache, &key, &got));
    put(&key, &entry);
    cr_assert(pl_meta_cache_get(cache, &key, &got));
    cr_expect(pb_str_eq(got.body, entry.body));
    cr_expect(pb_str_eq(got.etag, entry.etag));
    cr_expect_str_eq(got.etag.p, "\"v1\"", "zero-terminated");
    cr_expect(got.gzip);
    cr_expect_eq(got.fetched_ns, 77);
    free(got.file);
}

Test(meta_cache, keys_do_not_mix)
{
    const struct pl_meta_key others[] = {
        {PB_LIT("http://other.example/"), PB_LIT("@s/a"), false},
        {PB_LIT("http://registry.example/"), PB_LIT("@s/b"), false},
        {PB_LIT("http://registry.example/"), PB_LIT("@s/a"), true},
        {PB_LIT("http://registry.example/"), PB_LIT("@s+a"), false},
    };
    struct pl_meta_entry got;
    put(&key, &entry);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_expect_not(pl_meta_cache_get(cache, &others[i], &got), "key %zu", i);
}

/* A file put under another key's name is a miss, but not damage: it stays. */
Test(meta_cache, foreign_file_is_a_miss)
{
    const struct pl_meta_key other = {PB_LIT("http://registry.example/"), PB_LIT("b"), false};
    char from[700];
    struct pl_meta_entry got;
    put(&key, &entry);
    snprintf(from, sizeof from, "%s", path_of(&key));
    cr_assert_eq(rename(from, path_of(&other)), 0);
    cr_expect_not(pl_meta_cache_get(cache, &other, &got));
    cr_expect(pb_exists(AT_FDCWD, path_of(&other)));
}

static void read_file(struct pb_buf *out)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_read_file(AT_FDCWD, path_of(&key), out, &err), 0, "%s", err.msg);
}

static void expect_miss_and_removal(struct pb_str bytes, const char *what, size_t at)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_meta_entry got;
    cr_assert_eq(pb_write_file(AT_FDCWD, path_of(&key), bytes, 0600, &err), 0, "%s", err.msg);
    cr_expect_not(pl_meta_cache_get(cache, &key, &got), "%s at %zu", what, at);
    /* an empty file holds nothing to judge by and is replaced by the next put */
    if (bytes.n) cr_expect_not(pb_exists(AT_FDCWD, path_of(&key)), "%s at %zu stays", what, at);
}

Test(meta_cache, every_truncation_is_a_miss)
{
    struct pb_buf bytes = PB_BUF_INIT(1 << 20);
    put(&key, &entry);
    read_file(&bytes);
    for (size_t n = 0; n < bytes.n; n++)
        expect_miss_and_removal(pb_strn(bytes.p, n), "cut", n);
    pb_buf_add_char(&bytes, 'x');
    expect_miss_and_removal(pb_buf_str(&bytes), "grown", bytes.n);
    pb_buf_release(&bytes);
}

/* All but the time of fetching, bytes 8 to 15, is covered. */
Test(meta_cache, every_changed_byte_is_a_miss)
{
    struct pb_buf bytes = PB_BUF_INIT(1 << 20);
    put(&key, &entry);
    read_file(&bytes);
    for (size_t at = 0; at < bytes.n; at++) {
        if (at >= 8 && at < 16) continue;
        bytes.p[at] = (char)(bytes.p[at] ^ 0x10);
        expect_miss_and_removal(pb_buf_str(&bytes), "change", at);
        bytes.p[at] = (char)(bytes.p[at] ^ 0x10);
    }
    pb_buf_release(&bytes);
}

Test(meta_cache, confirming_changes_the_time_alone)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_meta_entry got;
    cr_expect_eq(pl_meta_cache_confirm(cache, &key, 88, &err), 0, "a missing file is fine");
    put(&key, &entry);
    cr_assert_eq(pl_meta_cache_confirm(cache, &key, 88, &err), 0, "%s", err.msg);
    cr_assert(pl_meta_cache_get(cache, &key, &got));
    cr_expect_eq(got.fetched_ns, 88);
    cr_expect(pb_str_eq(got.body, entry.body));
    free(got.file);
}

static const struct {
    const char *package;
    bool cached;
} names[] = {
    {"a", true}, {"@s/a", true}, {"", false}, {".", false}, {"../../x", false}, {"a/../b", true},
};

Test(meta_cache, file_names_stay_in_the_folder)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pl_meta_key k = {PB_LIT("http://registry.example/"), pb_str(names[i].package),
                                false};
        char name[PL_META_NAME_MAX];
        cr_expect_eq(pl_meta_file_name(&k, name), names[i].cached, "%s", names[i].package);
        if (names[i].cached) cr_expect_null(strchr(name, '/'), "%s", name);
    }
}

static void *write_often(void *user)
{
    struct pl_meta_entry mine = entry;
    char body[2000];
    memset(body, *(const char *)user, sizeof body);
    mine.body = pb_strn(body, sizeof body);
    struct pb_err err = PB_ERR_INIT;
    for (int i = 0; i < 200; i++)
        if (pl_meta_cache_put(cache, &key, &mine, &err) != 0) return cache; /* any: a failure */
    return NULL;
}

Test(meta_cache, readers_see_whole_entries_while_others_write)
{
    static char fill[] = "xy";
    pthread_t threads[2];
    put(&key, &entry);
    cr_assert_eq(pthread_create(&threads[0], NULL, write_often, &fill[0]), 0);
    cr_assert_eq(pthread_create(&threads[1], NULL, write_often, &fill[1]), 0);
    for (int i = 0; i < 200; i++) {
        struct pl_meta_entry got;
        cr_assert(pl_meta_cache_get(cache, &key, &got));
        for (size_t k = 1; k < got.body.n && got.body.n == 2000; k++)
            cr_assert_eq(got.body.p[k], got.body.p[0]);
        free(got.file);
    }
    for (int i = 0; i < 2; i++) {
        void *failure;
        pthread_join(threads[i], &failure);
        cr_expect_null(failure);
    }
}
