/* SPDX-License-Identifier: MIT */
#include "base/fs.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;
static int dirfd_of_test = -1;

static void setup(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_make_temp_dir("/tmp", "test_fs-", &dir, &err), 0, "%s", err.msg);
    dirfd_of_test = pb_open_dir(AT_FDCWD, dir, &err);
    cr_assert_geq(dirfd_of_test, 0);
}

static void teardown(void)
{
    struct pb_err err = PB_ERR_INIT;
    close(dirfd_of_test);
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0, "%s", err.msg);
    free(dir);
}

TestSuite(fs, .init = setup, .fini = teardown);

static void write_text(const char *path, const char *text)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_write_file(dirfd_of_test, path, pb_str(text), 0644, &err), 0, "%s", err.msg);
}

static void expect_text(const char *path, const char *text)
{
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(1 << 20);
    cr_assert_eq(pb_read_file(dirfd_of_test, path, &buf, &err), 0, "%s", err.msg);
    cr_expect(pb_str_is(pb_buf_str(&buf), text), "%s holds %.*s", path, (int)buf.n, buf.p);
}

static size_t count_entries(const char *path)
{
    size_t n = 0;
    DIR *d = opendir(path);
    cr_assert(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

Test(fs, written_text_is_read_back)
{
    write_text("a", "first, and longer");
    write_text("a", "second");
    expect_text("a", "second");
    write_text("empty", "");
    expect_text("empty", "");
}

Test(fs, reading_appends)
{
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(100);
    write_text("a", "12");
    cr_assert_eq(pb_read_file(dirfd_of_test, "a", &buf, &err), 0);
    cr_assert_eq(pb_read_file(dirfd_of_test, "a", &buf, &err), 0);
    cr_expect(pb_str_is(pb_buf_str(&buf), "1212"));
}

Test(fs, a_file_may_fill_the_ceiling_but_not_exceed_it)
{
    static const struct {
        size_t size, max;
        bool fits;
    } cases[] = {{10, 10, true}, {11, 10, false}, {200000, 200000, true}, {200001, 200000, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pb_err err = PB_ERR_INIT;
        PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(cases[i].max);
        char *text = calloc(cases[i].size + 1, 1);
        memset(text, 'x', cases[i].size);
        write_text("big", text);
        free(text);
        int status = pb_read_file(dirfd_of_test, "big", &buf, &err);
        cr_expect_eq(status, cases[i].fits ? 0 : -1, "case %zu", i);
        cr_expect_eq(err.code, cases[i].fits ? PB_E_OK : PB_E_LIMIT, "case %zu", i);
        if (cases[i].fits) cr_expect_eq(buf.n, cases[i].size);
        if (!cases[i].fits) cr_expect(strstr(err.msg, "big"), "%s", err.msg);
    }
}

Test(fs, errors_name_the_path)
{
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(10);
    cr_assert_eq(pb_read_file(dirfd_of_test, "absent/file", &buf, &err), -1);
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
    cr_expect(strstr(err.msg, "absent/file"), "%s", err.msg);
    pb_err_clear(&err);
    cr_assert_eq(pb_read_file(dirfd_of_test, ".", &buf, &err), -1, "a folder has no text");
    pb_err_clear(&err);
    cr_assert_lt(pb_open_dir(dirfd_of_test, "absent", &err), 0);
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
}

Test(fs, atomic_write_replaces_and_leaves_nothing_beside)
{
    struct pb_err err = PB_ERR_INIT;
    write_text("target", "old");
    cr_assert_eq(pb_write_file_atomic(dirfd_of_test, "target", PB_LIT("new"), 0600, &err), 0);
    expect_text("target", "new");
    struct stat st;
    cr_assert_eq(fstatat(dirfd_of_test, "target", &st, 0), 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
    cr_expect_eq(count_entries(dir), 1);
}

Test(fs, failed_atomic_write_keeps_the_target_and_cleans_up)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_mkdir_p(dirfd_of_test, "target/sub", &err), 0);
    cr_assert_eq(pb_write_file_atomic(dirfd_of_test, "target", PB_LIT("x"), 0600, &err), -1);
    cr_expect(strstr(err.msg, "target"), "%s", err.msg);
    cr_expect(pb_is_dir(dirfd_of_test, "target/sub"));
    cr_expect_eq(count_entries(dir), 1);
}

Test(fs, mkdir_p_makes_parents_and_accepts_existing)
{
    static const char *const paths[] = {"a/b/c", "a/b/c", "a", "x/", "y//z/", "./w/../w/v"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct pb_err err = PB_ERR_INIT;
        if (i == 5) cr_assert_eq(pb_mkdir_p(dirfd_of_test, "w", &err), 0);
        cr_expect_eq(pb_mkdir_p(dirfd_of_test, paths[i], &err), 0, "%s: %s", paths[i], err.msg);
        cr_expect(pb_is_dir(dirfd_of_test, paths[i]), "%s", paths[i]);
    }
}

Test(fs, mkdir_p_refuses_files_in_the_way)
{
    write_text("file", "");
    static const char *const paths[] = {"file", "file/a", "file/a/b", ""};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct pb_err err = PB_ERR_INIT;
        cr_expect_eq(pb_mkdir_p(dirfd_of_test, paths[i], &err), -1, "%s", paths[i]);
        cr_expect_neq(err.code, PB_E_OK);
    }
}

Test(fs, existence_does_not_follow_the_last_link)
{
    cr_assert_eq(symlinkat("nowhere", dirfd_of_test, "dangling"), 0);
    cr_expect(pb_exists(dirfd_of_test, "dangling"));
    cr_expect_not(pb_exists(dirfd_of_test, "nowhere"));
    cr_expect_not(pb_is_dir(dirfd_of_test, "dangling"));
}

Test(fs, programs_are_found_by_path_or_name)
{
    write_text("tool", "#!/bin/sh\n");
    write_text("data", "");
    cr_assert_eq(fchmodat(dirfd_of_test, "tool", 0755, 0), 0);
    char path[4096], want[4096];
    snprintf(want, sizeof want, "%s/tool", dir);
    snprintf(path, sizeof path, "/nonexistent::%s", dir);
    cr_assert_eq(setenv("PATH", path, 1), 0);
    char *found = pb_find_program("tool");
    cr_assert(found && strcmp(found, want) == 0, "%s", found ? found : "NULL");
    free(found);
    cr_expect_null(pb_find_program("data"), "not executable");
    cr_expect_null(pb_find_program("absent"));
    cr_expect_null(pb_find_program(""));
    cr_assert_eq(chdir(dir), 0);
    found = pb_find_program("./tool");
    cr_assert(found && found[0] == '/' && strstr(found, "/tool"), "made absolute");
    free(found);
    cr_expect_null(pb_find_program("./data"));
    cr_expect_null(pb_find_program("/"), "a folder is no program");
}

Test(fs, write_all_reports_a_full_disk)
{
    struct pb_err err = PB_ERR_INIT;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    cr_expect_eq(pb_write_all(fd, "x", 1, &err), -1);
    cr_expect_eq(err.sys, ENOSPC);
    close(fd);
}

Test(fs, real_path_resolves_links)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_mkdir_p(dirfd_of_test, "real", &err), 0);
    cr_assert_eq(symlinkat("real", dirfd_of_test, "link"), 0);
    cr_assert_eq(chdir(dir), 0);
    char *real = pb_real_path("link", &err);
    cr_assert(real && pb_str_ends(pb_str(real), "/real"));
    free(real);
    cr_assert_null(pb_real_path("absent", &err));
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
}
