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

static const struct pl_store_package *find(struct pl_store *store, unsigned number)
{
    char key[128];
    sample_key(number, key);
    return pl_store_find(store, pb_str(key));
}

static void expect_sample(struct pl_store *store, const struct pl_store_package *p, unsigned number)
{
    char key[128], text[32];
    sample_key(number, key);
    (void)snprintf(text, sizeof text, "%u", number);
    cr_assert_not_null(p);
    cr_assert(pb_str_is(p->key, key));
    cr_assert_eq(p->file_count, SAMPLE_FILES);
    cr_assert_eq(p->dir_count, 2);
    cr_assert_str_eq(p->dirs[0].p, "lib");
    cr_assert_str_eq(p->dirs[1].p, "lib/deep");
    cr_assert_str_eq(p->files[0].path.p, "cli.js");
    cr_assert_eq(p->files[0].mode, 0755);
    cr_assert_eq(p->files[1].bytes, 0);
    cr_assert_eq(p->bytes, 7 + 19 + 19 + strlen(text));
    expect_tree(pl_store_dirfd(store), p->folder, "0\n1\n2\n3\n4\n");
    expect_text(pl_store_dirfd(store), sample_stored(p, "package.json"), text);
}

Test(store, finds_what_was_added_also_after_opening_again)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    cr_assert_null(find(store, 1));
    for (unsigned i = 1; i <= 3; i++)
        expect_sample(store, sample_add(store, i), i);
    cr_assert_eq(find(store, 1), find(store, 1), "handed out once");
    pl_store_close(store);
    expect_tree(dir.fd, "store/v3/staging", "");

    store = sample_store(dir.path);
    for (unsigned i = 1; i <= 3; i++)
        expect_sample(store, find(store, i), i);
    cr_assert_null(find(store, 4));
    pl_store_close(store);
    temp_dir_remove(&dir);
}

Test(store, sees_what_another_process_added)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *a = sample_store(dir.path), *b = sample_store(dir.path);
    cr_assert_null(find(b, 1));
    (void)sample_add(a, 1);
    expect_sample(b, find(b, 1), 1);
    (void)sample_add(b, 2);
    expect_sample(a, find(a, 2), 2);
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
    struct stat before, after;
    bool reused = true;
    struct pb_err err = PB_ERR_INIT;
    sample_archive(1, &gz);
    sample_key(1, key);
    const struct pl_store_package *p =
        pl_store_add_archive(a, pb_str(key), &PL_PACKED(gz.p, gz.n), NULL, &reused, &err);
    cr_assert_not_null(p, "%s", err.msg);
    cr_assert(!reused);
    cr_assert_eq(fstatat(pl_store_dirfd(a), p->folder, &before, 0), 0);
    p = pl_store_add_archive(b, pb_str(key), &PL_PACKED(gz.p, gz.n), NULL, &reused, &err);
    expect_sample(b, p, 1);
    cr_assert(reused);
    cr_assert_eq(fstatat(pl_store_dirfd(b), p->folder, &after, 0), 0);
    cr_assert_eq(before.st_ino, after.st_ino);
    pl_store_close(a);
    pl_store_close(b);
    expect_tree(dir.fd, "store/v3/staging", "");
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
    cr_assert_null(pl_store_add_archive(store, pb_str("some key"), &PL_PACKED(tar.p, tar.n), NULL,
                                        &reused, &err));
    cr_assert_eq(err.code, PB_E_BAD_INPUT);
    cr_assert_null(pl_store_find(store, pb_str("some key")));
    pl_store_close(store);
    expect_tree(dir.fd, "store/v3", "index\npackages/\nstaging/\n");
    temp_dir_remove(&dir);
}

Test(store, a_forgotten_package_is_replaced_when_added_again)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *a = sample_store(dir.path), *b = sample_store(dir.path);
    const struct pl_store_package *p = sample_add(a, 1);
    PB_AUTO_FD int folder = openat(pl_store_dirfd(a), p->folder, O_PATH);
    cr_assert_eq(unlinkat(pl_store_dirfd(a), sample_stored(p, "package.json"), 0), 0);
    write_text(folder, "rubbish", "x");
    cr_assert_not_null(find(b, 1));
    pl_store_forget(a, p->key);
    cr_assert_null(find(a, 1));
    expect_sample(a, sample_add(a, 1), 1);
    /* The other process forgets the record it knows, which is not the repaired one. */
    pl_store_forget(b, p->key);
    expect_sample(b, find(b, 1), 1);
    pl_store_forget(b, PB_LIT("never heard of"));
    pl_store_close(a);
    pl_store_close(b);
    a = sample_store(dir.path);
    expect_sample(a, find(a, 1), 1);
    pl_store_forget(a, find(a, 1)->key);
    pl_store_close(a);
    b = sample_store(dir.path);
    cr_assert_null(find(b, 1));
    pl_store_close(b);
    temp_dir_remove(&dir);
}

/* A process that died between moving the folder in and writing the record. */
Test(store, a_folder_without_record_makes_room)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    const struct pl_store_package *p = sample_add(store, 1);
    char half[300];
    (void)snprintf(half, sizeof half, "%s/half", p->folder);
    write_text(pl_store_dirfd(store), half, "x");
    pl_store_close(store);
    cr_assert_eq(unlinkat(dir.fd, "store/v3/index", 0), 0);
    store = sample_store(dir.path);
    cr_assert_null(find(store, 1));
    expect_sample(store, sample_add(store, 1), 1);
    pl_store_close(store);
    expect_tree(dir.fd, "store/v3/staging", "");
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
    const struct pl_store_package *p =
        pl_store_add_archive(store, pb_str("k"), &PL_PACKED(tar.p, tar.n), &add, &reused, &err);
    cr_assert_not_null(p, "%s", err.msg);
    cr_assert_eq(p->files[0].mode, 0755);
    cr_assert_eq(p->files[0].bytes, 10);
    pl_store_close(store);
    temp_dir_remove(&dir);
}

Test(store, verify_finds_what_changed_and_repairs)
{
    static const char *const victims[] = {"package.json", "lib/a.js", "lib/deep/b.js"};
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    struct pb_err err = PB_ERR_INIT;
    struct pl_store_check check;
    for (unsigned i = 1; i <= 5; i++)
        (void)sample_add(store, i);
    cr_assert_eq(pl_store_verify(store, false, &check, &err), 0, "%s", err.msg);
    cr_assert_eq(check.packages, 5);
    cr_assert_eq(check.files, 25);
    cr_assert_eq(check.bytes, 5 * 46);
    cr_assert_eq(check.damaged, 0);

    for (unsigned i = 1; i <= 3; i++) { /* gone, cut, changed without changing the size */
        int folder = pl_store_dirfd(store);
        const char *victim = sample_stored(find(store, i), victims[i - 1]);
        cr_assert_eq(unlinkat(folder, victim, 0), 0);
        if (i > 1) write_text(folder, victim, i == 2 ? "" : "module.exports = 3\n");
    }
    const char *empty = sample_stored(find(store, 4), "empty.js");
    cr_assert_eq(unlinkat(pl_store_dirfd(store), empty, 0), 0);
    cr_assert_eq(symlinkat("/dev/null", pl_store_dirfd(store), empty), 0);
    cr_assert_eq(pl_store_verify(store, false, &check, &err), 0);
    cr_assert_eq(check.damaged, 4);
    cr_assert_not_null(find(store, 1));
    cr_assert_eq(pl_store_verify(store, true, &check, &err), 0);
    cr_assert_eq(check.damaged, 4);
    for (unsigned i = 1; i <= 4; i++) {
        cr_assert_null(find(store, i));
        expect_sample(store, sample_add(store, i), i);
    }
    cr_assert_eq(pl_store_verify(store, false, &check, &err), 0);
    cr_assert_eq(check.packages, 5);
    cr_assert_eq(check.damaged, 0);
    pl_store_close(store);
    temp_dir_remove(&dir);
}

Test(store, prune_removes_what_nobody_needs)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path), *other = sample_store(dir.path);
    struct pb_err err = PB_ERR_INIT;
    struct pl_store_check removed;
    for (unsigned i = 1; i <= 3; i++)
        (void)sample_add(store, i);
    (void)sample_add(other, 4); /* has a staging folder in use */
    pl_store_forget(store, find(store, 2)->key);
    cr_assert_eq(mkdirat(pl_store_dirfd(store), "staging/1-dead", 0777), 0);
    write_text(pl_store_dirfd(store), "staging/1-dead/half", "12345");
    write_text(pl_store_dirfd(store), "packages/stray", "1");
    cr_assert_eq(pl_store_prune(store, &removed, &err), 0, "%s", err.msg);
    cr_assert_eq(removed.packages, 3);
    cr_assert_eq(removed.files, SAMPLE_FILES + 2);
    cr_assert_eq(removed.bytes, 46 + 5 + 1);
    (void)sample_add(other, 5);
    for (unsigned i = 1; i <= 5; i++)
        if (i != 2) expect_sample(store, find(store, i), i);
    cr_assert_eq(pl_store_prune(store, &removed, &err), 0, "%s", err.msg);
    cr_assert_eq(removed.packages, 0);
    pl_store_close(store);
    pl_store_close(other);
    temp_dir_remove(&dir);
}

/* Two packages that hold the same files, an empty one among them. */
static const struct pl_store_package *add_copy(struct pl_store *store, const char *key,
                                               const char *own, bool has_scripts)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "package/LICENSE", "the same words");
    tar_add_file(&tar, "package/copy/LICENSE", "the same words");
    tar_add_file(&tar, "package/empty", "");
    tar_add_file(&tar, "package/empty-too", "");
    tar_add_file(&tar, "package/own", own);
    tar_add_header(&tar, &(struct tar_header){.name = "package/run", .mode = 0755, .size = 14});
    tar_add_data(&tar, "the same words", 14);
    tar_end(&tar);
    bool reused;
    struct pb_err err = PB_ERR_INIT;
    const struct pl_store_add add = {.has_scripts = has_scripts};
    const struct pl_store_package *p =
        pl_store_add_archive(store, pb_str(key), &PL_PACKED(tar.p, tar.n), &add, &reused, &err);
    cr_assert_not_null(p, "%s", err.msg);
    return p;
}

static ino_t inode(struct pl_store *store, const struct pl_store_package *p, const char *path)
{
    struct stat st;
    cr_assert_eq(fstatat(pl_store_dirfd(store), sample_stored(p, path), &st, 0), 0, "%s", path);
    return st.st_ino;
}

Test(store, identical_files_are_linked_not_written)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    const struct pl_store_package *a = add_copy(store, "a", "A", false);
    const struct pl_store_package *b = add_copy(store, "b", "B", false);
    cr_expect_eq(inode(store, a, "LICENSE"), inode(store, a, "copy/LICENSE"));
    cr_expect_eq(inode(store, a, "LICENSE"), inode(store, b, "LICENSE"));
    cr_expect_eq(inode(store, a, "run"), inode(store, b, "run"));
    cr_expect_neq(inode(store, a, "run"), inode(store, a, "LICENSE"), "modes differ");
    cr_expect_neq(inode(store, a, "own"), inode(store, b, "own"), "contents differ");
    cr_expect_neq(inode(store, a, "empty"), inode(store, a, "empty-too"));
    cr_expect_neq(inode(store, a, "empty"), inode(store, b, "empty"));
    expect_text(pl_store_dirfd(store), sample_stored(b, "own"), "B");
    pl_store_close(store);
    temp_dir_remove(&dir);
}

Test(store, packages_with_scripts_share_with_nobody)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    const struct pl_store_package *a = add_copy(store, "a", "A", true);
    const struct pl_store_package *b = add_copy(store, "b", "B", false);
    const struct pl_store_package *c = add_copy(store, "c", "C", true);
    cr_expect_neq(inode(store, a, "LICENSE"), inode(store, a, "copy/LICENSE"));
    cr_expect_neq(inode(store, a, "LICENSE"), inode(store, b, "LICENSE"));
    cr_expect_neq(inode(store, b, "LICENSE"), inode(store, c, "LICENSE"));
    pl_store_close(store);
    temp_dir_remove(&dir);
}

/* The file that would be linked was changed behind the store's back: it is not trusted. */
Test(store, what_differs_on_disk_is_not_linked)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    const struct pl_store_package *a = add_copy(store, "a", "A", false);
    write_text(pl_store_dirfd(store), sample_stored(a, "LICENSE"), "other words!!!");
    const struct pl_store_package *b = add_copy(store, "b", "B", false);
    cr_expect_neq(inode(store, a, "LICENSE"), inode(store, b, "LICENSE"));
    expect_text(pl_store_dirfd(store), sample_stored(b, "LICENSE"), "the same words");
    cr_assert_eq(unlinkat(pl_store_dirfd(store), sample_stored(a, "run"), 0), 0);
    const struct pl_store_package *c = add_copy(store, "c", "C", false);
    expect_text(pl_store_dirfd(store), sample_stored(c, "run"), "the same words");
    pl_store_close(store);
    temp_dir_remove(&dir);
}

/* CRC-32 is easy to collide with: these two differ and have one checksum (found by trial). */
Test(store, a_crafted_collision_is_not_linked)
{
    static const char one[] = "8755d764", two[] = "4170cb18";
    cr_assert_eq(libdeflate_crc32(0, one, sizeof one - 1),
                 libdeflate_crc32(0, two, sizeof two - 1));
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    const struct pl_store_package *a = add_copy(store, "a", one, false);
    const struct pl_store_package *b = add_copy(store, "b", two, false);
    expect_text(pl_store_dirfd(store), sample_stored(a, "own"), one);
    expect_text(pl_store_dirfd(store), sample_stored(b, "own"), two);
    pl_store_close(store);
    temp_dir_remove(&dir);
}

/* Byte 8 is the version, bytes 60 to 63 the checksum of what precedes them. */
static void change_header(int dirfd, bool fix_checksum)
{
    struct pb_buf index PB_AUTO_BUF = TAR_BUF;
    read_text(dirfd, "store/v3/index", &index);
    index.p[8]++;
    uint32_t crc = libdeflate_crc32(0, index.p, 60);
    if (fix_checksum) memcpy(index.p + 60, &crc, sizeof crc);
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_write_file(dirfd, "store/v3/index", pb_buf_str(&index), 0666, &err), 0);
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
    expect_sample(store, find(store, 1), 1);
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
