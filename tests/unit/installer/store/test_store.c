/* SPDX-License-Identifier: MIT */
#include "installer/store/store.h"

#include "base/fs.h"
#include "sample_package.h"
#include "tar_builder.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

Test(store, finds_what_was_added_also_after_opening_again)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    cr_assert_null(sample_find(store, 1));
    for (unsigned i = 1; i <= 3; i++)
        expect_sample(store, sample_add(store, i), i);
    pl_store_close(store);

    store = sample_store(dir.path);
    for (unsigned i = 1; i <= 3; i++)
        expect_sample(store, sample_find(store, i), i);
    cr_assert_null(sample_find(store, 4));
    pl_store_close(store);
    temp_dir_remove(&dir);
}

Test(store, sees_what_another_process_added)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *a = sample_store(dir.path), *b = sample_store(dir.path);
    cr_assert_null(sample_find(b, 1));
    (void)sample_add(a, 1);
    expect_sample(b, sample_find(b, 1), 1);
    (void)sample_add(b, 2);
    expect_sample(a, sample_find(a, 2), 2);
    pl_store_close(a);
    pl_store_close(b);
    temp_dir_remove(&dir);
}

Test(store, the_second_to_add_takes_the_first_ones)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *a = sample_store(dir.path), *b = sample_store(dir.path);
    struct pb_buf gz PB_AUTO_BUF = TAR_BUF;
    char key[128];
    bool reused = true;
    struct pb_err err = PB_ERR_INIT;
    sample_archive(1, &gz);
    sample_key(1, key);
    const struct pl_packed packed = PL_PACKED(gz.p, gz.n);
    cr_assert_eq(pl_store_add_archive(a, pb_str(key), &packed, NULL, &reused, &err), 0, "%s",
                 err.msg);
    cr_assert(!reused);
    uint64_t first = sample_read(a, key)->files[0].number;
    cr_assert_eq(pl_store_add_archive(b, pb_str(key), &packed, NULL, &reused, &err), 0, "%s",
                 err.msg);
    cr_assert(reused);
    expect_sample(b, sample_read(b, key), 1);
    cr_assert_eq(sample_read(b, key)->files[0].number, first);
    pl_store_close(a);
    pl_store_close(b);
    cr_assert_eq(count_files(dir.fd, "store/v4/files"), SAMPLE_FILES, "the second ones stay");
    temp_dir_remove(&dir);
}

Test(store, a_refused_archive_leaves_nothing)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "package/package.json", "{}");
    tar_add_file(&tar, "package/../../evil", "x");
    tar_end(&tar);
    bool reused;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_store_add_archive(store, pb_str("some key"), &PL_PACKED(tar.p, tar.n), NULL,
                                      &reused, &err),
                 -1);
    cr_assert_eq(err.code, PB_E_BAD_INPUT);
    cr_assert_null(sample_read(store, "some key"));
    pl_store_close(store);
    expect_tree(dir.fd, "store/v4", "files/\nindex\n");
    temp_dir_remove(&dir);
}

Test(store, a_forgotten_package_is_replaced_when_added_again)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *a = sample_store(dir.path), *b = sample_store(dir.path);
    const struct pl_store_package *p = sample_add(a, 1);
    cr_assert_eq(unlinkat(pl_store_dirfd(a), sample_stored(p, "package.json"), 0), 0);
    cr_assert_not_null(sample_find(b, 1));
    pl_store_forget(a, p->key);
    cr_assert_null(sample_find(a, 1));
    expect_sample(a, sample_add(a, 1), 1);
    /* The other process forgets the record it knows, which is not the repaired one. */
    pl_store_forget(b, p->key);
    expect_sample(b, sample_find(b, 1), 1);
    pl_store_forget(b, PB_LIT("never heard of"));
    pl_store_close(a);
    pl_store_close(b);
    a = sample_store(dir.path);
    expect_sample(a, sample_find(a, 1), 1);
    pl_store_forget(a, sample_find(a, 1)->key);
    pl_store_close(a);
    b = sample_store(dir.path);
    cr_assert_null(sample_find(b, 1));
    pl_store_close(b);
    temp_dir_remove(&dir);
}

Test(store, bins_are_repaired_when_unpacked)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "package/cli", "#!/bin/sh\r\n");
    tar_end(&tar);
    struct pl_dep item = {PB_LIT("cli"), PB_LIT("cli")};
    struct pl_deps bin = {&item, 1};
    struct pl_store_add add = {.bin = &bin};
    bool reused;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(
        pl_store_add_archive(store, pb_str("k"), &PL_PACKED(tar.p, tar.n), &add, &reused, &err), 0,
        "%s", err.msg);
    const struct pl_store_package *p = sample_read(store, "k");
    cr_assert_eq(p->files[0].mode, 0755);
    cr_assert_eq(p->files[0].bytes, 10);
    pl_store_close(store);
    temp_dir_remove(&dir);
}

/* Byte 8 is the version, bytes 60 to 63 the checksum of what precedes them. */
static void change_header(int dirfd, bool fix_checksum)
{
    struct pb_buf index PB_AUTO_BUF = TAR_BUF;
    read_text(dirfd, "store/v4/index", &index);
    index.p[8]++;
    uint32_t crc = libdeflate_crc32(0, index.p, 60);
    if (fix_checksum) memcpy(index.p + 60, &crc, sizeof crc);
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_write_file(dirfd, "store/v4/index", pb_buf_str(&index), 0666, &err), 0);
}

Test(store, refuses_another_version_with_advice)
{
    struct temp_dir dir = temp_dir_new();
    pl_store_close(sample_store(dir.path));
    change_header(dir.fd, true);
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/store", dir.path);
    struct pb_err err = PB_ERR_INIT;
    cr_assert_null(pl_store_open(path, &err));
    cr_assert_eq(err.code, PB_E_UNSUPPORTED, "%s", err.msg);
    cr_assert(strstr(err.msg, "use another store folder"), "%s", err.msg);
    temp_dir_remove(&dir);
}

Test(store, a_damaged_header_does_not_cost_the_records)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    (void)sample_add(store, 1);
    pl_store_close(store);
    change_header(dir.fd, false);
    store = sample_store(dir.path);
    expect_sample(store, sample_find(store, 1), 1);
    pl_store_close(store);
    temp_dir_remove(&dir);
}

Test(store, says_which_folder_cannot_be_used)
{
    struct temp_dir dir = temp_dir_new();
    write_text(dir.fd, "file", "x");
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/file/store", dir.path);
    struct pb_err err = PB_ERR_INIT;
    cr_assert_null(pl_store_open(path, &err));
    cr_assert(strstr(err.msg, path), "%s", err.msg);
    pl_store_close(NULL);
    temp_dir_remove(&dir);
}
