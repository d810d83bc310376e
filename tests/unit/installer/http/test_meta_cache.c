/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "base/mem.h"
#include "installer/registry/meta_cache.h"
#include "installer/registry/meta_record.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct pl_meta_key key = {{"http://registry.example/", 24}, {"@s/a", 4}, false};
static const struct pl_meta_key other_key = {{"http://registry.example/", 24}, {"b", 1}, false};
static const struct pl_meta_entry entry = {
    .body = {"{\"name\":\"@s/a\"}", 15}, .etag = {"\"v1\"", 4}, .gzip = true, .fetched_ns = 77};

static char *dir;
static struct pl_meta_cache *cache;

static struct pl_meta_cache *open_again(void)
{
    struct pb_err err = PB_ERR_INIT;
    char below[300];
    snprintf(below, sizeof below, "%s/a/b", dir);
    struct pl_meta_cache *opened = pl_meta_cache_open(below, &err);
    cr_assert_not_null(opened, "%s", err.msg);
    return opened;
}

static void reopen(void)
{
    pl_meta_cache_close(cache);
    cache = open_again();
}

static void open_cache(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_make_temp_dir("/tmp", "meta-", &dir, &err), 0, "%s", err.msg);
    cache = open_again();
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
    struct pl_meta_entry copy = *e, again;
    cr_assert_eq(pl_meta_cache_put(cache, &(struct pl_meta_put){k, &copy}, 1, &err), 0, "%s",
                 err.msg);
    if (copy.place.bytes == 0) return; /* not worth keeping */
    cr_assert(pl_meta_cache_get_at(cache, &copy.place, k, &again), "the place that put told");
    cr_expect(pb_str_eq(again.body, e->body));
    free(again.record);
}

static bool is_hit(const struct pl_meta_key *k, struct pb_str body)
{
    struct pl_meta_entry got;
    if (!pl_meta_cache_get(cache, k, &got)) return false;
    bool same = pb_str_eq(got.body, body);
    free(got.record);
    cr_expect(same, "a hit with another body");
    return true;
}

static const char *path(void)
{
    static char text[700];
    snprintf(text, sizeof text, "%s/a/b/%s", dir, PL_META_FILE);
    return text;
}

static off_t file_size(void)
{
    struct stat st;
    cr_assert_eq(stat(path(), &st), 0);
    return st.st_size;
}

static void expect_entry(void)
{
    struct pl_meta_entry got;
    cr_assert(pl_meta_cache_get(cache, &key, &got));
    cr_expect(pb_str_eq(got.body, entry.body));
    cr_expect(pb_str_eq(got.etag, entry.etag));
    cr_expect_str_eq(got.etag.p, "\"v1\"", "zero-terminated");
    cr_expect(got.gzip);
    cr_expect_eq(got.fetched_ns, 77);
    free(got.record);
}

Test(meta_cache, what_was_put_is_got)
{
    cr_expect_not(is_hit(&key, entry.body));
    put(&key, &entry);
    expect_entry();
    reopen();
    expect_entry();
}

/* With one among them that is too long to be kept. */
Test(meta_cache, several_are_put_at_once)
{
    struct pb_err err = PB_ERR_INIT;
    static char name[PL_META_PUTS_MAX][16], body[PL_META_PUTS_MAX][16], too_long[2000];
    struct pl_meta_key keys[PL_META_PUTS_MAX];
    struct pl_meta_entry entries[PL_META_PUTS_MAX];
    struct pl_meta_put puts[PL_META_PUTS_MAX];
    memset(too_long, 'x', sizeof too_long);
    for (size_t i = 0; i < PL_META_PUTS_MAX; i++) {
        snprintf(name[i], sizeof name[i], "p%zu", i);
        snprintf(body[i], sizeof body[i], "body %zu", i * i);
        keys[i] = (struct pl_meta_key){key.registry, pb_str(name[i]), false};
        entries[i] = (struct pl_meta_entry){.body = pb_str(body[i]), .fetched_ns = 1};
        puts[i] = (struct pl_meta_put){&keys[i], &entries[i]};
    }
    keys[7].package = pb_strn(too_long, sizeof too_long);
    put(&key, &entry);
    cr_assert_eq(pl_meta_cache_put(cache, puts, PL_META_PUTS_MAX, &err), 0, "%s", err.msg);
    for (int again = 0; again < 2; again++, reopen())
        for (size_t i = 0; i < PL_META_PUTS_MAX; i++)
            cr_expect_eq(is_hit(&keys[i], entries[i].body), i != 7, "record %zu", i);
    expect_entry();
}

Test(meta_cache, bodies_of_every_length_keep_their_neighbours)
{
    static const char text[] = "0123456789abcdefghij";
    for (size_t n = 0; n < sizeof text; n++) {
        put(&key, &(struct pl_meta_entry){.body = pb_strn(text, n), .etag = PB_LIT("")});
        put(&other_key, &entry);
        reopen();
        cr_expect(is_hit(&key, pb_strn(text, n)), "%zu bytes", n);
        cr_expect(is_hit(&other_key, entry.body), "after %zu bytes", n);
    }
}

Test(meta_cache, keys_do_not_mix)
{
    const struct pl_meta_key others[] = {
        {PB_LIT("http://other.example/"), PB_LIT("@s/a"), false},
        {PB_LIT("http://registry.example/"), PB_LIT("@s/b"), false},
        {PB_LIT("http://registry.example/"), PB_LIT("@s/a"), true},
        {PB_LIT("http://registry.example"), PB_LIT("/@s/a"), false},
    };
    put(&key, &entry);
    for (int round = 0; round < 2; round++, reopen())
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            cr_expect_not(is_hit(&others[i], entry.body), "key %zu", i);
}

Test(meta_cache, the_last_put_of_a_key_counts)
{
    struct pl_meta_entry newer = entry;
    newer.body = PB_LIT("{}");
    put(&key, &entry);
    put(&key, &newer);
    for (int round = 0; round < 2; round++, reopen())
        cr_expect(is_hit(&key, newer.body));
}

static void write_bytes(const struct pb_buf *bytes, size_t n)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_write_file(AT_FDCWD, path(), pb_strn(bytes->p, n), 0600, &err), 0, "%s",
                 err.msg);
    reopen();
}

static void read_bytes(struct pb_buf *out)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_read_file(AT_FDCWD, path(), out, &err), 0, "%s", err.msg);
}

/* A writer that died: its record is a miss, those before it stay, the next put covers it. */
Test(meta_cache, a_cut_tail_is_written_over)
{
    PB_AUTO_BUF struct pb_buf bytes = PB_BUF_INIT(1 << 20);
    put(&other_key, &entry);
    size_t first = (size_t)file_size();
    put(&key, &entry);
    read_bytes(&bytes);
    for (size_t n = first; n < bytes.n; n++) {
        write_bytes(&bytes, n);
        cr_expect_not(is_hit(&key, entry.body), "cut at %zu", n);
        cr_expect(is_hit(&other_key, entry.body), "cut at %zu", n);
        put(&key, &entry);
        reopen();
        cr_expect(is_hit(&key, entry.body), "after a cut at %zu", n);
        cr_expect_eq((size_t)file_size(), bytes.n);
    }
}

/* All but the time of fetching, bytes 8 to 15, is covered. */
Test(meta_cache, every_changed_byte_is_a_miss)
{
    PB_AUTO_BUF struct pb_buf bytes = PB_BUF_INIT(1 << 20);
    put(&key, &entry);
    read_bytes(&bytes);
    for (size_t at = 0; at < bytes.n; at++) {
        if (at >= 8 && at < 16) continue;
        bytes.p[at] = (char)(bytes.p[at] ^ 0x10);
        write_bytes(&bytes, bytes.n);
        cr_expect_not(is_hit(&key, entry.body), "change at %zu", at);
        bytes.p[at] = (char)(bytes.p[at] ^ 0x10);
    }
}

Test(meta_cache, confirming_changes_the_time_alone)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_meta_entry got;
    cr_expect_eq(pl_meta_cache_confirm(cache, &key, 88, &err), 0, "a missing record is fine");
    put(&key, &entry);
    cr_assert_eq(pl_meta_cache_confirm(cache, &key, 88, &err), 0, "%s", err.msg);
    reopen();
    cr_assert(pl_meta_cache_get(cache, &key, &got));
    cr_expect_eq(got.fetched_ns, 88);
    cr_expect(pb_str_eq(got.body, entry.body));
    free(got.record);
}

/* 80 MiB of which the last 1 MiB counts. */
Test(meta_cache, a_file_of_superseded_records_is_written_anew)
{
    struct pl_meta_entry large = entry;
    size_t n = 1u << 20;
    char *body = pb_calloc(1, n);
    large.body = pb_strn(body, n);
    put(&other_key, &entry);
    for (int i = 0; i < 80; i++)
        put(&key, &large);
    cr_expect_gt(file_size(), 80 << 20);
    reopen();
    cr_expect_lt(file_size(), 2 << 20);
    cr_expect(is_hit(&key, large.body));
    cr_expect(is_hit(&other_key, entry.body));
    put(&other_key, &large);
    reopen();
    cr_expect(is_hit(&other_key, large.body));
    free(body);
}

Test(meta_cache, another_process_appends_behind_ours)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_meta_cache *second = open_again();
    put(&key, &entry);
    struct pl_meta_entry copy = entry;
    cr_assert_eq(pl_meta_cache_put(second, &(struct pl_meta_put){&other_key, &copy}, 1, &err), 0,
                 "%s", err.msg);
    pl_meta_cache_close(second);
    reopen();
    cr_expect(is_hit(&key, entry.body));
    cr_expect(is_hit(&other_key, entry.body));
}

Test(meta_cache, a_link_in_place_of_the_file_is_refused)
{
    struct pb_err err = PB_ERR_INIT;
    char folder[300];
    snprintf(folder, sizeof folder, "%s/a/b", dir);
    cr_assert_eq(unlink(path()), 0);
    cr_assert_eq(symlink("/tmp/elsewhere", path()), 0);
    cr_expect_null(pl_meta_cache_open(folder, &err));
}

static void *write_often(void *user)
{
    struct pl_meta_entry mine = entry;
    char body[2000];
    memset(body, *(const char *)user, sizeof body);
    mine.body = pb_strn(body, sizeof body);
    struct pb_err err = PB_ERR_INIT;
    for (int i = 0; i < 200; i++)
        if (pl_meta_cache_put(cache, &(struct pl_meta_put){&key, &mine}, 1, &err) != 0)
            return cache; /* any: a failure */
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
        free(got.record);
    }
    for (int i = 0; i < 2; i++) {
        void *failure;
        pthread_join(threads[i], &failure);
        cr_expect_null(failure);
    }
}
