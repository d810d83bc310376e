/* SPDX-License-Identifier: MIT */
/* Which files of several packages are one. */
#include "installer/store/store.h"

#include "base/fs.h"
#include "sample_package.h"
#include "tar_builder.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

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
    cr_assert_eq(
        pl_store_add_archive(store, pb_str(key), &PL_PACKED(tar.p, tar.n), &add, &reused, &err), 0,
        "%s", err.msg);
    return sample_read(store, key);
}

static ino_t inode(struct pl_store *store, const struct pl_store_package *p, const char *path)
{
    struct stat st;
    cr_assert_eq(fstatat(pl_store_dirfd(store), sample_stored(p, path), &st, 0), 0, "%s", path);
    return st.st_ino;
}

Test(store_sharing, identical_files_are_written_once)
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

Test(store_sharing, packages_with_scripts_share_with_nobody)
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
Test(store_sharing, what_differs_on_disk_is_not_linked)
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
Test(store_sharing, a_crafted_collision_is_not_linked)
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
