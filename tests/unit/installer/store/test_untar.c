/* SPDX-License-Identifier: MIT */
/* What an archive becomes on disk, and what is refused without a trace outside. */
#include "installer/store/tar_reader.h"
#include "installer/store/untar.h"

#include "tar_builder.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct unpacked {
    struct temp_dir dir; /* holds "packed", numbered as in the store, and "in", by name */
    int packed, in;
    struct pb_arena arena;
    struct pl_store_package package;
    struct pb_err err;
    int result;
};

static int new_folder(int dirfd, const char *name)
{
    cr_assert_eq(mkdirat(dirfd, name, 0777), 0);
    return openat(dirfd, name, O_RDONLY | O_DIRECTORY);
}

/* The package as a target would show it. */
static void lay_out(const struct unpacked *u)
{
    for (size_t i = 0; i < u->package.dir_count; i++)
        cr_assert_eq(mkdirat(u->in, u->package.dirs[i].p, 0777), 0);
    for (size_t i = 0; i < u->package.file_count; i++) {
        char name[PL_STORED_NAME_MAX];
        pl_stored_name(u->package.files[i].number, name);
        cr_assert_eq(linkat(u->packed, name, u->in, u->package.files[i].path.p, 0), 0);
    }
}

static struct unpacked unpack_packed(const struct pl_packed *packed,
                                     const struct pl_untar_options *options)
{
    struct unpacked u = {.dir = temp_dir_new()};
    u.packed = new_folder(u.dir.fd, "packed");
    u.in = new_folder(u.dir.fd, "in");
    struct pl_inflater inflater = PL_INFLATER_INIT;
    u.result = pl_untar(u.packed, packed, options, &inflater, &u.arena, &u.package, &u.err);
    pl_inflater_release(&inflater);
    if (u.result == 0) lay_out(&u);
    return u;
}

static struct unpacked unpack_with(const struct pb_buf *tar, const struct pl_untar_options *options)
{
    return unpack_packed(&PL_PACKED(tar->p, tar->n), options);
}

static struct unpacked unpack(const struct pb_buf *tar)
{
    struct unpacked u = unpack_with(tar, NULL);
    cr_assert_eq(u.result, 0, "%s", u.err.msg);
    return u;
}

static void done(struct unpacked *u)
{
    close(u->packed);
    close(u->in);
    pb_arena_release(&u->arena);
    temp_dir_remove(&u->dir);
}

/* Numbers in the folder that is thrown away then, and nothing anywhere else. */
static void expect_nothing_outside(const struct unpacked *u)
{
    char *tree = list_tree(u->dir.fd, ".");
    struct pb_str rest = pb_str(tree), line;
    while (pb_str_split(&rest, '\n', &line)) {
        if (line.n == 0 || pb_str_is(line, "in/") || pb_str_is(line, "packed/")) continue;
        cr_assert(pb_str_starts(line, "packed/"), "made: " PB_FMT, PB_ARG(line));
        for (size_t i = strlen("packed/"); i < line.n; i++)
            cr_assert(line.p[i] >= '0' && line.p[i] <= '9', "made: " PB_FMT, PB_ARG(line));
    }
    free(tree);
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
    expect_tree(u.packed, ".", "1\n3\n"); /* what was replaced is not kept */
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
    expect_tree(u.in, ".", "d/\nd/inside\nfile\n");
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

/* Refused as a whole; what was written before the bad entry lies in the staging folder alone. */
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
        expect_nothing_outside(&u);
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
    cr_assert_eq(symlinkat("../outside", in, "0"), 0);
    struct pl_inflater inflater = PL_INFLATER_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_store_package package;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_untar(in, &PL_PACKED(tar.p, tar.n), NULL, &inflater, &arena, &package, &err),
                 -1);
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

static void add_noise(struct pb_buf *tar, const char *name, size_t n, uint32_t seed)
{
    char *data = malloc(n);
    for (size_t i = 0; i < n; i++)
        data[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
    tar_add_header(tar, &(struct tar_header){.name = name, .size = n});
    tar_add_data(tar, data, n);
    free(data);
}

/* Files around the bound of one piece, and more than one window of them. */
static void large_archive(struct pb_buf *tar)
{
    add_noise(tar, "p/0-small", 1000, 1);
    add_noise(tar, "p/1-one-piece", PL_TAR_PIECE_MAX, 2);
    add_noise(tar, "p/2-two-pieces", PL_TAR_PIECE_MAX + 1, 3);
    add_noise(tar, "p/3-windows", 3 * PL_INFLATE_WINDOW + 77, 4);
    add_noise(tar, "p/4-small-again", 1000, 1);
    add_noise(tar, "p/5-padded", 2 * PL_INFLATE_WINDOW, 5);
    tar_end(tar);
}

static void expect_large_archive(const struct pb_buf *tar, const struct unpacked *u)
{
    cr_assert_eq(u->result, 0, "%s", u->err.msg);
    cr_assert_eq(u->package.file_count, 6);
    size_t at = 0;
    for (size_t i = 0; i < 6; i++) {
        const struct pl_store_file *file = &u->package.files[i];
        struct pb_buf data PB_AUTO_BUF = TAR_BUF;
        read_text(u->in, file->path.p, &data);
        cr_assert(pb_str_eq(pb_buf_str(&data), pb_strn(tar->p + at + 512, file->bytes)), "%s",
                  file->path.p);
        cr_assert_eq(file->crc32, libdeflate_crc32(0, data.p, data.n), "%s", file->path.p);
        at += 512 + (file->bytes + 511) / 512 * 512;
    }
}

static int file_of(const struct pb_buf *bytes)
{
    char path[] = "/tmp/test-untar-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(write(fd, bytes->p, bytes->n), (ssize_t)bytes->n);
    return fd;
}

Test(untar, large_archives_come_out_equal_from_memory_and_from_a_file)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
    large_archive(&tar);
    gzip_add(&gz, tar.p, tar.n);
    const struct pb_buf *const forms[] = {&tar, &gz};
    for (int i = 0; i < 2; i++) {
        struct unpacked u = unpack_with(forms[i], NULL);
        expect_large_archive(&tar, &u);
        done(&u);
        int fd = file_of(forms[i]);
        u = unpack_packed(&(struct pl_packed){.n = forms[i]->n, .fd = fd}, NULL);
        expect_large_archive(&tar, &u);
        done(&u);
        close(fd);
    }
}

/* By its bytes in the window, and by those on disk when the window has moved on. */
Test(untar, identical_files_of_a_package_are_one)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
    add_noise(&tar, "p/a", 1000, 1);
    add_noise(&tar, "p/b", 1000, 1);
    tar_add_file(&tar, "p/empty-1", "");
    tar_add_file(&tar, "p/empty-2", "");
    add_noise(&tar, "p/large", 3 * PL_INFLATE_WINDOW, 4);
    add_noise(&tar, "p/z", 1000, 1);
    tar_end(&tar);
    gzip_add(&gz, tar.p, tar.n);
    struct temp_dir dir = temp_dir_new();
    struct pl_same_files *same = pl_same_files_new(dir.fd);
    struct unpacked u = unpack_with(&gz, &(struct pl_untar_options){.same = same});
    cr_assert_eq(u.result, 0, "%s", u.err.msg);
    expect_tree(u.packed, ".", "0\n1\n2\n3\n");
    cr_assert_eq(u.package.files[0].number, u.package.files[1].number);
    cr_assert_eq(u.package.files[0].number, u.package.files[5].number);
    cr_assert_neq(u.package.files[2].number, u.package.files[3].number);
    done(&u);
    pl_same_files_free(same);
    temp_dir_remove(&dir);
}

/* The packed bytes behind the tar's end count, too. */
Test(untar, damage_behind_the_end_of_the_tar_is_noticed)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
    large_archive(&tar);
    for (int i = 0; i < 100; i++)
        tar_end(&tar);
    gzip_add(&gz, tar.p, tar.n);
    gz.p[gz.n - 6] ^= 1;
    struct unpacked u = unpack_with(&gz, NULL);
    cr_assert_eq(u.err.code, PB_E_BAD_INPUT, "%s", u.err.msg);
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
