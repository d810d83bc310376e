/* SPDX-License-Identifier: MIT */
/* What is left out or refused without a trace outside. */
#include "tar_builder.h"
#include "unpacking.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Empty folders for files, and nothing anywhere else. */
static void expect_nothing_outside(const struct unpacked *u)
{
    char *tree = list_tree(u->dir.fd, ".");
    struct pb_str rest = pb_str(tree), line;
    while (pb_str_split(&rest, '\n', &line)) {
        if (line.n == 0 || pb_str_is(line, "in/") || pb_str_is(line, "packed/")) continue;
        cr_assert(pb_str_starts(line, "packed/"), "made: " PB_FMT, PB_ARG(line));
        cr_assert_eq(line.p[line.n - 1], '/', "left: " PB_FMT, PB_ARG(line));
    }
    free(tree);
}

/* Links are left out, and nothing is ever written through one. */
Test(untar_refused, links_are_left_out)
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
    unpacked_done(&u);
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

/* Refused as a whole; what was written before the bad entry is removed. */
Test(untar_refused, evil_archives_are_refused)
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
        unpacked_done(&u);
    }
}

Test(untar_refused, evil_folders_are_refused_too)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/good", "good");
    tar_add(&tar, "p/../../outside", '5', "");
    tar_end(&tar);
    struct unpacked u = unpack_with(&tar, NULL);
    cr_assert_eq(u.err.code, PB_E_BAD_INPUT);
    unpacked_done(&u);
}

/* What somebody put where the next file belongs is neither written through nor removed. */
Test(untar_refused, never_writes_over_or_through_what_stands_there)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/a", "evil");
    tar_end(&tar);
    struct temp_dir dir = temp_dir_new();
    struct pl_boxes *boxes = pl_boxes_new(dir.fd);
    struct pl_box box = pl_box_take(boxes);
    uint64_t number;
    char next[PL_STORED_NAME_MAX], outside[4096];
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_box_number(boxes, &box, &number, &err), 0, "%s", err.msg);
    pl_box_give(boxes, &box);
    pl_stored_name(number + 1, next);
    write_text(dir.fd, "outside", "kept");
    (void)snprintf(outside, sizeof outside, "%s/outside", dir.path);
    cr_assert_eq(symlinkat(outside, dir.fd, next), 0);
    struct pl_inflater inflater = PL_INFLATER_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_unpacked out;
    cr_assert_eq(pl_untar(boxes, &PL_PACKED(tar.p, tar.n), NULL, &inflater, &arena, &out, &err),
                 -1);
    cr_assert_eq(err.sys, EEXIST);
    expect_text(dir.fd, "outside", "kept");
    expect_text(dir.fd, next, "kept");
    pl_inflater_release(&inflater);
    pb_arena_release(&arena);
    pl_boxes_free(boxes);
    temp_dir_remove(&dir);
}

Test(untar_refused, takes_long_names_and_refuses_too_long_ones)
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
    unpacked_done(&u);

    struct pb_buf longer PB_AUTO_BUF = TAR_BUF;
    memset(path, 'a', 300);
    path[1] = '/';
    path[300] = '\0';
    tar_add(&longer, "././@LongLink", 'L', path);
    tar_add_file(&longer, "p/x", "");
    tar_end(&longer);
    u = unpack_with(&longer, NULL);
    cr_assert_eq(u.err.code, PB_E_BAD_INPUT);
    unpacked_done(&u);
}

Test(untar_refused, limits_hold)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    for (int i = 0; i < 11; i++)
        tar_add_file(&tar, "p/same", "x");
    tar_end(&tar);
    struct pl_untar_limits few = {.max_bytes = 1 << 20, .max_ratio = 1000, .max_entries = 10};
    struct unpacked u = unpack_with(&tar, &(struct pl_untar_options){.limits = &few});
    cr_assert_eq(u.err.code, PB_E_LIMIT, "%s", u.err.msg);
    unpacked_done(&u);
}

/* Deep paths that share their beginning pack to almost nothing, and name length^2 folders. */
Test(untar_refused, paths_are_bounded_together)
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
    unpacked_done(&u);
}

Test(untar_refused, an_archive_without_files_is_refused)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add(&tar, "p/", '5', "");
    tar_end(&tar);
    struct unpacked u = unpack_with(&tar, NULL);
    cr_assert_eq(u.err.code, PB_E_BAD_INPUT);
    unpacked_done(&u);
}
