/* SPDX-License-Identifier: MIT */
/* What an archive becomes on disk, and what is refused without a trace outside. */
#include "installer/store/untar.h"

#include "tar_builder.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct unpacked {
    struct temp_dir dir; /* holds "in", the target, and "outside" */
    int in;
    struct pb_arena arena;
    struct pl_store_package package;
    struct pb_err err;
    int result;
};

static struct unpacked unpack_with(const struct pb_buf *tar, const struct pl_untar_options *options)
{
    struct unpacked u = {.dir = temp_dir_new()};
    cr_assert_eq(mkdirat(u.dir.fd, "in", 0777), 0);
    u.in = openat(u.dir.fd, "in", O_RDONLY | O_DIRECTORY);
    struct pl_inflater inflater = PL_INFLATER_INIT;
    u.result = pl_untar(u.in, tar->p, tar->n, options, &inflater, &u.arena, &u.package, &u.err);
    pl_inflater_release(&inflater);
    return u;
}

static struct unpacked unpack(const struct pb_buf *tar)
{
    struct unpacked u = unpack_with(tar, NULL);
    cr_assert_eq(u.result, 0, "%s", u.err.msg);
    return u;
}

static void done(struct unpacked *u)
{
    close(u->in);
    pb_arena_release(&u->arena);
    temp_dir_remove(&u->dir);
}

static mode_t mode_of(int dirfd, const char *path)
{
    struct stat st;
    cr_assert_eq(fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW), 0, "%s", path);
    return st.st_mode & 07777;
}

Test(untar, writes_files_and_the_folders_they_need)
{
    (void)umask(022);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add(&tar, "package/", '5', "");
    tar_add(&tar, "package/empty-folder", '5', "");
    tar_add_file(&tar, "package/package.json", "{}");
    tar_add_file(&tar, "package/lib/deep/er/a.js", "a");
    tar_add_file(&tar, "package/lib-x/b", "bb");
    tar_add_file(&tar, "package/lib/z", "");
    tar_add_header(&tar, &(struct tar_header){.name = "package/cli", .mode = 0744});
    tar_add_file(&tar, "beside-the-top-folder", "x");
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    expect_tree(u.in, ".",
                "cli\nlib-x/\nlib-x/b\nlib/\nlib/deep/\nlib/deep/er/\nlib/deep/er/a.js\n"
                "lib/z\npackage.json\n");
    expect_text(u.in, "lib/deep/er/a.js", "a");
    cr_assert_eq(mode_of(u.in, "package.json"), 0644);
    cr_assert_eq(mode_of(u.in, "cli"), 0744); /* as npm: no more than the archive allows */
    cr_assert_eq(mode_of(u.in, "lib"), 0755);

    static const char *const files[] = {"cli", "lib-x/b", "lib/deep/er/a.js", "lib/z",
                                        "package.json"};
    static const char *const dirs[] = {"lib-x", "lib", "lib/deep", "lib/deep/er"};
    cr_assert_eq(u.package.file_count, 5);
    for (size_t i = 0; i < 5; i++)
        cr_assert_str_eq(u.package.files[i].path.p, files[i]);
    cr_assert_eq(u.package.dir_count, 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert_str_eq(u.package.dirs[i].p, dirs[i]);
    cr_assert_eq(u.package.files[0].mode, 0744);
    cr_assert_eq(u.package.files[1].bytes, 2);
    cr_assert_eq(u.package.bytes, 5);
    done(&u);
}

Test(untar, modes_follow_the_umask)
{
    (void)umask(077);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_header(&tar, &(struct tar_header){.name = "p/d/set-uid", .mode = 06777});
    tar_add_header(&tar, &(struct tar_header){.name = "p/unreadable", .mode = 0});
    tar_add_header(&tar, &(struct tar_header){.name = "p/none", .mode = 01});
    memcpy(tar.p + 2 * 512 + 100, "0000000", 8);
    tar_fix_checksum(tar.p + 1024);
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    cr_assert_eq(mode_of(u.in, "d"), 0700);
    cr_assert_eq(mode_of(u.in, "d/set-uid"), 0700);
    cr_assert_eq(mode_of(u.in, "unreadable"), 0600);
    cr_assert_eq(mode_of(u.in, "none"), 0600);
    cr_assert_eq(u.package.files[0].mode, 0755, "the list holds the mode before the umask");
    done(&u);
}

Test(untar, bins_become_executable_and_lose_the_cr_of_their_first_line)
{
    (void)umask(022);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/bin/cli.js", "#!/usr/bin/env node\r\nline\r\n");
    tar_add_file(&tar, "p/other.js", "#!/usr/bin/env node\r\n");
    tar_add_file(&tar, "p/plain", "no shebang\r\n");
    tar_end(&tar);
    struct pl_dep items[] = {{PB_LIT("cli"), PB_LIT("./bin/cli.js")},
                             {PB_LIT("plain"), PB_LIT("plain")},
                             {PB_LIT("gone"), PB_LIT("gone.js")},
                             {PB_LIT("bad"), PB_LIT("../../x")}};
    struct pl_deps bin = {items, 4};
    struct unpacked u = unpack_with(&tar, &(struct pl_untar_options){.bin = &bin});
    cr_assert_eq(u.result, 0, "%s", u.err.msg);
    expect_text(u.in, "bin/cli.js", "#!/usr/bin/env node\nline\r\n");
    expect_text(u.in, "other.js", "#!/usr/bin/env node\r\n");
    expect_text(u.in, "plain", "no shebang\r\n");
    cr_assert_eq(mode_of(u.in, "bin/cli.js"), 0755);
    cr_assert_eq(mode_of(u.in, "plain"), 0755);
    cr_assert_eq(mode_of(u.in, "other.js"), 0644);
    cr_assert_eq(u.package.files[0].bytes, 26);
    cr_assert_eq(u.package.bytes, 26 + 21 + 12);
    done(&u);
}

Test(untar, the_later_of_two_entries_wins)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/a", "first, and longer");
    tar_add_file(&tar, "p/b", "b");
    tar_add_file(&tar, "p/./a", "second");
    tar_add_file(&tar, "q//a", "third");
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    expect_tree(u.in, ".", "a\nb\n");
    expect_text(u.in, "a", "third");
    cr_assert_eq(u.package.file_count, 2);
    cr_assert_eq(u.package.bytes, 6);
    done(&u);
}

Test(untar, gitignore_becomes_npmignore_unless_there_is_one)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/.gitignore", "1");
    tar_add_file(&tar, "p/a/.npmignore", "2");
    tar_add_file(&tar, "p/a/.gitignore", "3");
    tar_add_file(&tar, "p/b/.gitignore", "4");
    tar_add_file(&tar, "p/b/.npmignore", "5");
    tar_add_file(&tar, "p/c/x.gitignore", "6");
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    expect_tree(u.in, ".", ".npmignore\na/\na/.npmignore\nb/\nb/.npmignore\nc/\nc/x.gitignore\n");
    expect_text(u.in, ".npmignore", "1");
    expect_text(u.in, "a/.npmignore", "2");
    expect_text(u.in, "b/.npmignore", "5");
    done(&u);
}

Test(untar, names_that_differ_only_in_case_or_form_stay_apart)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/README", "1");
    tar_add_file(&tar, "p/readme", "2");
    tar_add_file(&tar, "p/\xc3\xa9", "composed");
    tar_add_file(&tar, "p/e\xcc\x81", "decomposed");
    tar_add_file(&tar, "p/\xef\xac\x81", "ligature");
    tar_add_file(&tar, "p/fi", "letters");
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    cr_assert_eq(u.package.file_count, 6);
    expect_text(u.in, "readme", "2");
    expect_text(u.in, "\xc3\xa9", "composed");
    done(&u);
}

/* Links are left out, and nothing is ever written through one. */
Test(untar, links_are_left_out)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    static const struct {
        const char *name, *target;
        char type;
    } links[] = {{"p/abs", "/etc", '2'},
                 {"p/up", "../outside", '2'},
                 {"p/d", "../outside", '2'},
                 {"p/hard", "../outside/file", '1'},
                 {"p/hard-abs", "/etc/passwd", '1'},
                 {"p/file", "../outside/file", '2'}};
    for (size_t i = 0; i < 6; i++) {
        tar_add(&tar, "././@LongLink", 'K', links[i].target);
        size_t at = tar.n;
        tar_add(&tar, links[i].name, links[i].type, "");
        memcpy(tar.p + at + 157, links[i].target, strlen(links[i].target));
        tar_fix_checksum(tar.p + at);
    }
    tar_add_file(&tar, "p/d/inside", "a plain folder is made");
    tar_add_file(&tar, "p/file", "a plain file is made");
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    expect_tree(u.dir.fd, ".", "in/\nin/d/\nin/d/inside\nin/file\n");
    done(&u);
}

static void pax_path(struct pb_buf *tar, const char *path, size_t n)
{
    tar_add_pax(tar, 'x', "path", path, n);
    tar_add_file(tar, "p/x", "evil");
}

static void bad_type(struct pb_buf *tar, const char *text, size_t n)
{
    (void)n;
    tar_add(tar, "p/x", text[0], "");
}

static void ustar_path(struct pb_buf *tar, const char *path, size_t n)
{
    (void)n;
    tar_add_file(tar, path, "evil");
}

static void gnu_path(struct pb_buf *tar, const char *path, size_t n)
{
    (void)n;
    tar_add(tar, "././@LongLink", 'L', path);
    tar_add_file(tar, "p/x", "evil");
}

static void both_kinds(struct pb_buf *tar, const char *path, size_t n)
{
    (void)n;
    tar_add_file(tar, "p/a", "a file");
    tar_add_file(tar, path, "below it");
}

static void both_kinds_reversed(struct pb_buf *tar, const char *path, size_t n)
{
    (void)n;
    tar_add_file(tar, path, "below it");
    tar_add_file(tar, "p/a", "a file");
}

static void prefix_path(struct pb_buf *tar, const char *path, size_t n)
{
    (void)n;
    tar_add_header(tar, &(struct tar_header){.name = "x", .prefix = path});
}

static const struct {
    const char *what;
    void (*add)(struct pb_buf *tar, const char *text, size_t n);
    const char *text;
    size_t n;
} evil[] = {
#define EVIL(what, add, text)                                                                      \
    {                                                                                              \
        what, add, text, sizeof(text) - 1                                                          \
    }
    EVIL("parent", ustar_path, "../outside/x"),
    EVIL("parent as the stripped part", ustar_path, "../x"),
    EVIL("parent after the top", ustar_path, "package/../../outside/x"),
    EVIL("parent behind a dot", ustar_path, "./../outside/x"),
    EVIL("parent at the end", ustar_path, "package/a/.."),
    EVIL("absolute", ustar_path, "/outside/x"),
    EVIL("absolute twice", ustar_path, "//outside/x"),
    EVIL("drive", ustar_path, "C:x"),
    EVIL("drive below the top", ustar_path, "package/C:/x"),
    EVIL("backslash", ustar_path, "package\\..\\..\\x"),
    EVIL("backslash below the top", ustar_path, "package/..\\..\\x"),
    EVIL("empty name", ustar_path, ""),
    EVIL("GNU parent", gnu_path, "package/../../outside/x"),
    EVIL("GNU absolute", gnu_path, "/outside/x"),
    EVIL("pax parent", pax_path, "package/../../outside/x"),
    EVIL("pax absolute", pax_path, "/outside/x"),
    EVIL("pax NUL", pax_path, "package/a\0/../../x"),
    EVIL("pax NUL at the end", pax_path, "package/a\0"),
    EVIL("prefix parent", prefix_path, "package/../.."),
    EVIL("prefix absolute", prefix_path, "/outside"),
    EVIL("character device", bad_type, "3"),
    EVIL("block device", bad_type, "4"),
    EVIL("pipe", bad_type, "6"),
    EVIL("sparse", bad_type, "S"),
    EVIL("unknown type", bad_type, "~"),
    EVIL("file, then folder", both_kinds, "p/a/b"),
    EVIL("file, then deep folder", both_kinds, "p/a/b/c/d"),
    EVIL("folder, then file", both_kinds_reversed, "p/a/b"),
};

/* Refused as a whole: not even the good entries before the bad one are written. */
Test(untar, evil_archives_are_refused)
{
    for (size_t i = 0; i < sizeof evil / sizeof evil[0]; i++) {
        struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
        tar_add_file(&tar, "p/good", "good");
        evil[i].add(&tar, evil[i].text, evil[i].n);
        tar_end(&tar);
        struct unpacked u = unpack_with(&tar, NULL);
        cr_assert_eq(u.result, -1, "%s was accepted", evil[i].what);
        cr_assert(u.err.code == PB_E_BAD_INPUT || u.err.code == PB_E_UNSUPPORTED, "%s: %s",
                  evil[i].what, u.err.msg);
        expect_tree(u.dir.fd, ".", "in/\n");
        done(&u);
    }
}

Test(untar, evil_folders_are_refused_too)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/good", "good");
    tar_add(&tar, "p/../../outside", '5', "");
    tar_end(&tar);
    struct unpacked u = unpack_with(&tar, NULL);
    cr_assert_eq(u.err.code, PB_E_BAD_INPUT);
    done(&u);
}

Test(untar, never_writes_over_or_through_what_stands_in_the_target)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/a", "evil");
    tar_end(&tar);
    struct temp_dir dir = temp_dir_new();
    write_text(dir.fd, "outside", "kept");
    cr_assert_eq(mkdirat(dir.fd, "in", 0777), 0);
    int in = openat(dir.fd, "in", O_RDONLY | O_DIRECTORY);
    cr_assert_eq(symlinkat("../outside", in, "a"), 0);
    struct pl_inflater inflater = PL_INFLATER_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_store_package package;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_untar(in, tar.p, tar.n, NULL, &inflater, &arena, &package, &err), -1);
    cr_assert_eq(err.sys, EEXIST);
    expect_text(dir.fd, "outside", "kept");
    pl_inflater_release(&inflater);
    pb_arena_release(&arena);
    close(in);
    temp_dir_remove(&dir);
}

Test(untar, takes_long_names_and_refuses_too_long_ones)
{
    char path[5000] = "p";
    for (size_t depth = 0; strlen(path) < 3800; depth++)
        (void)snprintf(path + strlen(path), 252, "/%0250zu", depth);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add(&tar, "././@LongLink", 'L', path);
    tar_add_file(&tar, "p/x", "deep");
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    expect_text(u.in, path + 2, "deep");
    cr_assert_eq(u.package.files[0].path.n, strlen(path) - 2);
    done(&u);

    struct pb_buf longer PB_AUTO_BUF = TAR_BUF;
    memset(path, 'a', 300);
    path[1] = '/';
    path[300] = '\0';
    tar_add(&longer, "././@LongLink", 'L', path);
    tar_add_file(&longer, "p/x", "");
    tar_end(&longer);
    u = unpack_with(&longer, NULL);
    cr_assert_eq(u.err.code, PB_E_BAD_INPUT);
    done(&u);
}

Test(untar, limits_hold)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    for (int i = 0; i < 11; i++)
        tar_add_file(&tar, "p/same", "x");
    tar_end(&tar);
    struct pl_untar_limits few = {.max_bytes = 1 << 20, .max_ratio = 1000, .max_entries = 10};
    struct unpacked u = unpack_with(&tar, &(struct pl_untar_options){.limits = &few});
    cr_assert_eq(u.err.code, PB_E_LIMIT, "%s", u.err.msg);
    done(&u);
}

/* Deep paths that share their beginning pack to almost nothing, and name length^2 folders. */
Test(untar, paths_are_bounded_together)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    char path[4000];
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(path, sizeof path, "p/%04d", i);
        for (size_t n = strlen(path); n + 2 < sizeof path; n += 2)
            memcpy(path + n, "/d", 3);
        tar_add(&tar, "././@LongLink", 'L', path);
        tar_add_file(&tar, "p/x", "");
    }
    tar_end(&tar);
    struct unpacked u = unpack_with(&tar, NULL);
    cr_assert_eq(u.err.code, PB_E_LIMIT, "%s", u.err.msg);
    cr_assert(strstr(u.err.msg, "paths"), "%s", u.err.msg);
    done(&u);
}

Test(untar, an_archive_without_files_is_refused)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add(&tar, "p/", '5', "");
    tar_end(&tar);
    struct unpacked u = unpack_with(&tar, NULL);
    cr_assert_eq(u.err.code, PB_E_BAD_INPUT);
    done(&u);
}
