/* SPDX-License-Identifier: MIT */
/* Removing (fs_remove.c) and copying (fs_copy.c) trees. */
#include "base/fs.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;
static int at = -1;

static void setup(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_make_temp_dir("/tmp", "test_tree-", &dir, &err), 0, "%s", err.msg);
    at = pb_open_dir(AT_FDCWD, dir, &err);
    cr_assert_geq(at, 0);
}

static void teardown(void)
{
    struct pb_err err = PB_ERR_INIT;
    close(at);
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0, "%s", err.msg);
    free(dir);
}

TestSuite(fs_tree, .init = setup, .fini = teardown);

static void make_file(const char *path, const char *text, mode_t mode)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_write_file(at, path, pb_str(text), 0600, &err), 0, "%s", err.msg);
    cr_assert_eq(fchmodat(at, path, mode, 0), 0);
}

static void make_dir(const char *path)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_mkdir_p(at, path, &err), 0, "%s", err.msg);
}

static struct stat stat_of(const char *path)
{
    struct stat st;
    cr_assert_eq(fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW), 0, "%s", path);
    return st;
}

static int copy(const char *src, const char *dst, struct pb_err *err)
{
    *err = PB_ERR_INIT;
    return pb_copy_tree(at, src, at, dst, err);
}

Test(fs_tree, removing_a_missing_path_is_fine)
{
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pb_remove_tree(at, "absent", &err), 0);
    cr_expect_eq(pb_remove_tree(at, "absent/below", &err), 0);
}

Test(fs_tree, removing_stays_out_of_linked_folders)
{
    struct pb_err err = PB_ERR_INIT;
    make_dir("outside/sub");
    make_file("outside/file", "kept", 0644);
    make_dir("tree/a/b");
    make_file("tree/a/b/file", "x", 0644);
    cr_assert_eq(symlinkat("../outside", at, "tree/link"), 0);
    cr_assert_eq(symlinkat("../../outside", at, "tree/a/link"), 0);
    cr_assert_eq(symlinkat("outside", at, "top"), 0);
    cr_expect_eq(pb_remove_tree(at, "tree", &err), 0, "%s", err.msg);
    cr_expect_eq(pb_remove_tree(at, "top", &err), 0, "%s", err.msg);
    cr_expect_not(pb_exists(at, "tree"));
    cr_expect_not(pb_exists(at, "top"));
    cr_expect(pb_exists(at, "outside/file"));
    cr_expect(pb_exists(at, "outside/sub"));
}

Test(fs_tree, removing_handles_read_only_folders_and_odd_files)
{
    struct pb_err err = PB_ERR_INIT;
    make_dir("tree/locked/sub");
    make_file("tree/locked/file", "x", 0444);
    cr_assert_eq(mkfifoat(at, "tree/fifo", 0600), 0);
    cr_assert_eq(fchmodat(at, "tree/locked/sub", 0555, 0), 0);
    cr_assert_eq(fchmodat(at, "tree/locked", 0555, 0), 0);
    cr_expect_eq(pb_remove_tree(at, "tree", &err), 0, "%s", err.msg);
    cr_expect_not(pb_exists(at, "tree"));
}

/* Makes `levels` nested folders; deeper than a path name or the descriptor limit can be. */
static void nest(const char *root, unsigned levels)
{
    make_dir(root);
    int fd = openat(at, root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (unsigned i = 0; i < levels; i++) {
        cr_assert_eq(mkdirat(fd, "d", 0755), 0);
        int next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        cr_assert_geq(next, 0);
        close(fd);
        fd = next;
    }
    close(fd);
}

Test(fs_tree, removing_has_no_depth_limit)
{
    struct pb_err err = PB_ERR_INIT;
    nest("deep", 5000);
    cr_expect_eq(pb_remove_tree(at, "deep", &err), 0, "%s", err.msg);
    cr_expect_not(pb_exists(at, "deep"));
}

Test(fs_tree, removing_many_siblings)
{
    struct pb_err err = PB_ERR_INIT;
    for (unsigned i = 0; i < 300; i++) {
        char name[64];
        snprintf(name, sizeof name, "wide/d%u/e", i);
        make_dir(name);
    }
    cr_expect_eq(pb_remove_tree(at, "wide", &err), 0, "%s", err.msg);
    cr_expect_not(pb_exists(at, "wide"));
}

Test(fs_tree, copies_content_modes_times_and_links)
{
    struct pb_err err;
    make_dir("src/sub/empty");
    make_file("src/run", "#!/bin/sh\n", 0755);
    make_file("src/sub/text", "hello", 0640);
    make_file("src/nothing", "", 0600);
    cr_assert_eq(symlinkat("../absent", at, "src/sub/dangling"), 0);
    static const struct timespec old[2] = {{1000, 5}, {2000, 7}};
    cr_assert_eq(utimensat(at, "src/sub/text", old, 0), 0);
    cr_assert_eq(utimensat(at, "src/sub", old, 0), 0);
    cr_assert_eq(copy("src", "dst", &err), 0, "%s", err.msg);
    cr_expect_eq(stat_of("dst/run").st_mode & 07777, 0755);
    cr_expect_eq(stat_of("dst/sub/text").st_mode & 07777, 0640);
    cr_expect_eq(stat_of("dst/sub/text").st_size, 5);
    cr_expect_eq(stat_of("dst/nothing").st_size, 0);
    cr_expect(S_ISDIR(stat_of("dst/sub/empty").st_mode));
    char target[64] = "";
    cr_expect_eq(readlinkat(at, "dst/sub/dangling", target, sizeof target), 9);
    cr_expect_str_eq(target, "../absent");
    cr_expect_eq(stat_of("dst/sub/text").st_mtim.tv_sec, 2000);
    cr_expect_eq(stat_of("dst/sub/text").st_mtim.tv_nsec, 7);
    cr_expect_eq(stat_of("dst/sub").st_mtim.tv_sec, 2000, "set after the entries");
}

Test(fs_tree, copies_read_only_folders)
{
    struct pb_err err;
    make_dir("src/locked");
    make_file("src/locked/file", "x", 0444);
    cr_assert_eq(fchmodat(at, "src/locked", 0555, 0), 0);
    cr_assert_eq(copy("src", "dst", &err), 0, "%s", err.msg);
    cr_expect_eq(stat_of("dst/locked").st_mode & 07777, 0555);
    cr_expect(pb_exists(at, "dst/locked/file"));
}

Test(fs_tree, shared_inodes_stay_shared_and_apart_from_the_source)
{
    struct pb_err err;
    make_dir("src/store");
    make_dir("src/modules");
    for (unsigned i = 0; i < 400; i++) { /* more than the table holds at first */
        char store[64], module[64];
        snprintf(store, sizeof store, "src/store/%u", i);
        snprintf(module, sizeof module, "src/modules/%u", i);
        make_file(store, "x", 0644);
        cr_assert_eq(linkat(at, store, at, module, 0), 0);
    }
    cr_assert_eq(copy("src", "dst", &err), 0, "%s", err.msg);
    for (unsigned i = 0; i < 400; i++) {
        char store[64], module[64];
        snprintf(store, sizeof store, "dst/store/%u", i);
        snprintf(module, sizeof module, "dst/modules/%u", i);
        cr_expect_eq(stat_of(store).st_ino, stat_of(module).st_ino);
        cr_expect_eq(stat_of(store).st_nlink, 2);
    }
    cr_expect_neq(stat_of("dst/store/0").st_ino, stat_of("src/store/0").st_ino);
}

Test(fs_tree, copies_single_files_and_links)
{
    struct pb_err err;
    make_file("file", "text", 0751);
    cr_assert_eq(symlinkat("file", at, "link"), 0);
    cr_assert_eq(copy("file", "file2", &err), 0, "%s", err.msg);
    cr_assert_eq(copy("link", "link2", &err), 0, "%s", err.msg);
    cr_expect_eq(stat_of("file2").st_mode & 07777, 0751);
    cr_expect(S_ISLNK(stat_of("link2").st_mode));
}

Test(fs_tree, refuses_what_it_cannot_copy)
{
    struct pb_err err;
    make_dir("src/a/b");
    cr_assert_eq(mkfifoat(at, "src/a/b/fifo", 0600), 0);
    cr_expect_eq(copy("src", "dst", &err), -1);
    cr_expect_eq(err.code, PB_E_UNSUPPORTED);
    cr_expect(strstr(err.msg, "a/b/fifo"), "names the file: %s", err.msg);
    make_dir("exists");
    cr_expect_eq(copy("exists", "src", &err), -1, "a folder is never merged into another");
    cr_expect_eq(err.sys, EEXIST);
    cr_expect_eq(copy("absent", "new", &err), -1);
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
}

Test(fs_tree, copies_to_its_depth_limit)
{
    struct pb_err err;
    nest("fits", 128);
    cr_expect_eq(copy("fits", "fits2", &err), 0, "%s", err.msg);
    nest("deep", 129);
    cr_expect_eq(copy("deep", "deep2", &err), -1);
    cr_expect_eq(err.code, PB_E_LIMIT);
}
