/* SPDX-License-Identifier: MIT */
#include "installer/bins/bins.h"

#include "../store/temp_dir.h"
#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PKG "node_modules/a"
#define BIN "node_modules/.bin"

static struct temp_dir project(void)
{
    (void)umask(022);
    struct temp_dir dir = temp_dir_new();
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_mkdir_p(dir.fd, PKG "/bin", &err), 0, "%s", err.msg);
    write_text(dir.fd, PKG "/bin/cli.js", "#!/usr/bin/env node\n");
    return dir;
}

static int link_in(const struct temp_dir *dir, const char *package, const char *bin_dir,
                   struct pb_str name, struct pb_str path, struct pb_err *err)
{
    struct pl_dep item = {name, path};
    struct pl_deps bin = {&item, 1};
    *err = PB_ERR_INIT;
    return pl_bins_link(dir->fd, package, bin_dir, &bin, err);
}

static int link_bin(const struct temp_dir *dir, const char *name, const char *path,
                    struct pb_err *err)
{
    return link_in(dir, PKG, BIN, pb_str(name), pb_str(path), err);
}

static void link_ok(const struct temp_dir *dir, const char *name, const char *path)
{
    struct pb_err err;
    cr_assert_eq(link_bin(dir, name, path, &err), 0, "%s", err.msg);
}

static void expect_link(const struct temp_dir *dir, const char *link, const char *want)
{
    char target[4096];
    ssize_t n = readlinkat(dir->fd, link, target, sizeof target - 1);
    cr_assert_geq(n, 0, "%s is no link", link);
    target[n] = '\0';
    cr_assert_str_eq(target, want);
    cr_assert_eq(faccessat(dir->fd, link, F_OK, 0), 0, "%s dangles", link);
}

static struct stat stat_of(const struct temp_dir *dir, const char *path)
{
    struct stat st;
    cr_assert_eq(fstatat(dir->fd, path, &st, AT_SYMLINK_NOFOLLOW), 0, "%s", path);
    return st;
}

static unsigned mode_of(const struct temp_dir *dir, const char *path)
{
    return stat_of(dir, path).st_mode & 07777;
}

Test(bins, links_relatively_from_anywhere)
{
    static const struct {
        const char *package, *bin_dir, *path, *want;
    } cases[] = {
        {"node_modules/a", "node_modules/.bin", "cli.js", "../a/cli.js"},
        {"node_modules/@s/b", "node_modules/.bin", "./bin/x", "../@s/b/bin/x"},
        {"node_modules/a/node_modules/b", "node_modules/a/node_modules/.bin", "x", "../b/x"},
        {"packages/ws", "node_modules/.bin", "x", "../../packages/ws/x"},
        {"ws", "ws/node_modules/.bin", "x", "../../x"},
        {"node_modules/.binary", "node_modules/.bin", "x", "../.binary/x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct temp_dir dir = temp_dir_new();
        struct pb_err err = PB_ERR_INIT;
        char path[400];
        (void)snprintf(path, sizeof path, "%s/bin", cases[i].package);
        cr_assert_eq(pb_mkdir_p(dir.fd, path, &err), 0, "%s", err.msg);
        (void)snprintf(path, sizeof path, "%s/%s", cases[i].package, cases[i].path);
        write_text(dir.fd, path, "x");
        cr_assert_eq(link_in(&dir, cases[i].package, cases[i].bin_dir, PB_LIT("n"),
                             pb_str(cases[i].path), &err),
                     0, "%s", err.msg);
        (void)snprintf(path, sizeof path, "%s/n", cases[i].bin_dir);
        expect_link(&dir, path, cases[i].want);
        temp_dir_remove(&dir);
    }
}

Test(bins, scripts_become_executable)
{
    struct temp_dir dir = project();
    cr_assert_eq(mode_of(&dir, PKG "/bin/cli.js"), 0644);
    ino_t before = stat_of(&dir, PKG "/bin/cli.js").st_ino;
    link_ok(&dir, "cli", "bin/cli.js");
    cr_assert_eq(mode_of(&dir, PKG "/bin/cli.js"), 0755);
    cr_assert_eq(stat_of(&dir, PKG "/bin/cli.js").st_ino, before, "changed in place");
    cr_assert_eq(fchmodat(dir.fd, PKG "/bin/cli.js", 0640, 0), 0);
    link_ok(&dir, "cli", "bin/cli.js");
    cr_assert_eq(mode_of(&dir, PKG "/bin/cli.js"), 0750, "an x for each r");
    temp_dir_remove(&dir);
}

Test(bins, a_shared_script_becomes_a_private_copy_only_when_it_must_change)
{
    static const struct {
        const char *text;
        mode_t mode;
        const char *want; /* NULL: stays shared */
    } cases[] = {
        {"#!/bin/sh\nx\r\n", 0755, NULL},       {"no shebang\r\n", 0755, NULL},
        {"#!/bin/sh\n", 0644, "#!/bin/sh\n"},   {"#!/bin/sh\r\nx\r\n", 0755, "#!/bin/sh\nx\r\n"},
        {"#!/bin/sh\r\n", 0644, "#!/bin/sh\n"}, {"", 0644, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct temp_dir dir = project();
        write_text(dir.fd, "store-file", cases[i].text);
        cr_assert_eq(fchmodat(dir.fd, "store-file", cases[i].mode, 0), 0);
        cr_assert_eq(linkat(dir.fd, "store-file", dir.fd, PKG "/x", 0), 0);
        link_ok(&dir, "x", "x");
        expect_text(dir.fd, "store-file", cases[i].text);
        cr_assert_eq(mode_of(&dir, "store-file"), cases[i].mode);
        bool shared = stat_of(&dir, "store-file").st_ino == stat_of(&dir, PKG "/x").st_ino;
        cr_assert_eq(shared, cases[i].want == NULL, "case %zu", i);
        if (cases[i].want) expect_text(dir.fd, PKG "/x", cases[i].want);
        cr_assert_eq(mode_of(&dir, PKG "/x"), 0755);
        expect_tree(dir.fd, PKG, "bin/\nbin/cli.js\nx\n");
        temp_dir_remove(&dir);
    }
}

Test(bins, linking_twice_changes_nothing)
{
    struct temp_dir dir = project();
    link_ok(&dir, "cli", "bin/cli.js");
    struct stat link = stat_of(&dir, BIN "/cli"), script = stat_of(&dir, PKG "/bin/cli.js");
    link_ok(&dir, "cli", "bin/cli.js");
    struct stat link2 = stat_of(&dir, BIN "/cli"), script2 = stat_of(&dir, PKG "/bin/cli.js");
    cr_assert_eq(link.st_ino, link2.st_ino);
    cr_assert_eq(script.st_ino, script2.st_ino);
    cr_assert_eq(script.st_ctim.tv_nsec, script2.st_ctim.tv_nsec);
    temp_dir_remove(&dir);
}

Test(bins, replaces_links_and_keeps_files)
{
    static const char *const old[] = {"../b/other.js", "/nowhere", "../../../outside", "."};
    for (size_t i = 0; i < sizeof old / sizeof old[0]; i++) {
        struct temp_dir dir = project();
        cr_assert_eq(mkdirat(dir.fd, BIN, 0777), 0);
        cr_assert_eq(symlinkat(old[i], dir.fd, BIN "/cli"), 0);
        link_ok(&dir, "cli", "bin/cli.js");
        expect_link(&dir, BIN "/cli", "../a/bin/cli.js");
        temp_dir_remove(&dir);
    }
    for (int is_folder = 0; is_folder <= 1; is_folder++) {
        struct temp_dir dir = project();
        struct pb_err err;
        cr_assert_eq(mkdirat(dir.fd, BIN, 0777), 0);
        if (is_folder)
            cr_assert_eq(mkdirat(dir.fd, BIN "/cli", 0777), 0);
        else
            write_text(dir.fd, BIN "/cli", "mine");
        cr_assert_eq(link_bin(&dir, "cli", "bin/cli.js", &err), -1);
        cr_assert_eq(err.code, PB_E_CONFLICT, "%s", err.msg);
        cr_assert(strstr(err.msg, "cli") && strstr(err.msg, PKG), "%s", err.msg);
        if (!is_folder) expect_text(dir.fd, BIN "/cli", "mine");
        temp_dir_remove(&dir);
    }
}

Test(bins, skips_what_is_missing_or_no_file)
{
    static const char *const paths[] = {"gone.js", "bin",   "bin/cli.js/x", "gone/x",
                                        "link",    "out/x", "pipe"};
    struct temp_dir dir = project();
    cr_assert_eq(symlinkat("../../secret", dir.fd, PKG "/link"), 0);
    cr_assert_eq(symlinkat("../..", dir.fd, PKG "/out"), 0);
    cr_assert_eq(mkfifoat(dir.fd, PKG "/pipe", 0666), 0);
    write_text(dir.fd, "secret", "s");
    write_text(dir.fd, "x", "x");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        link_ok(&dir, "cli", paths[i]);
    cr_assert(!pb_exists(dir.fd, BIN), "a folder without bins is not made");
    cr_assert_eq(mode_of(&dir, "secret"), 0644);
    cr_assert_eq(mode_of(&dir, "x"), 0644);
    temp_dir_remove(&dir);
}

Test(bins, refuses_evil_names_and_targets)
{
#define RAW(lit)                                                                                   \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }
    static const struct {
        struct pb_str name, path;
    } evil[] = {
        {RAW(""), RAW("bin/cli.js")},
        {RAW("."), RAW("bin/cli.js")},
        {RAW(".."), RAW("bin/cli.js")},
        {RAW("../x"), RAW("bin/cli.js")},
        {RAW("../../x"), RAW("bin/cli.js")},
        {RAW("@scope/.."), RAW("bin/cli.js")},
        {RAW("a/b"), RAW("bin/cli.js")},
        {RAW("/abs"), RAW("bin/cli.js")},
        {RAW("a\\b"), RAW("bin/cli.js")},
        {RAW("a\0b"), RAW("bin/cli.js")},
        {RAW("x"), RAW("../b/x")},
        {RAW("x"), RAW("bin/../../x")},
        {RAW("x"), RAW("/etc/passwd")},
        {RAW("x"), RAW("")},
        {RAW("x"), RAW(".")},
        {RAW("x"), RAW("./")},
        {RAW("x"), RAW("bin/cli.js\0/x")},
        {RAW("x"), RAW("..")},
        {RAW("x"), RAW("bin\\..\\..\\x")},
        {RAW("x"), RAW("C:\\x")},
    };
    struct temp_dir dir = project();
    char *before = list_tree(dir.fd, ".");
    for (size_t i = 0; i < sizeof evil / sizeof evil[0]; i++) {
        struct pb_err err;
        cr_assert_eq(link_in(&dir, PKG, BIN, evil[i].name, evil[i].path, &err), -1, "case %zu", i);
        cr_assert_eq(err.code, PB_E_BAD_INPUT, "case %zu: %s", i, err.msg);
    }
    char name[300];
    memset(name, 'n', sizeof name);
    struct pb_err err;
    cr_assert_eq(link_in(&dir, PKG, BIN, pb_strn(name, 256), PB_LIT("bin/cli.js"), &err), -1);
    expect_tree(dir.fd, ".", before);
    cr_assert_eq(link_in(&dir, PKG, BIN, pb_strn(name, 255), PB_LIT("bin/cli.js"), &err), 0);
    link_ok(&dir, "$(touch evil)", "bin/cli.js");
    expect_link(&dir, BIN "/$(touch evil)", "../a/bin/cli.js");
    free(before);
    temp_dir_remove(&dir);
}

Test(bins, does_not_follow_a_planted_bin_folder)
{
    static const char *const planted[] = {BIN, "node_modules"};
    for (size_t i = 0; i < 2; i++) {
        struct temp_dir dir = project();
        struct pb_err err;
        cr_assert_eq(mkdirat(dir.fd, "outside", 0777), 0);
        if (i == 1) {
            cr_assert_eq(renameat(dir.fd, "node_modules", dir.fd, "outside/real"), 0);
            cr_assert_eq(symlinkat("outside/real", dir.fd, planted[i]), 0);
        } else {
            cr_assert_eq(symlinkat("../outside", dir.fd, planted[i]), 0);
        }
        cr_assert_eq(link_bin(&dir, "cli", "bin/cli.js", &err), -1);
        cr_assert_eq(err.code, PB_E_CONFLICT, "%s", err.msg);
        cr_assert(!pb_exists(dir.fd, i ? "outside/real/.bin" : "outside/cli"));
        temp_dir_remove(&dir);
    }
}

Test(bins, a_workspace_link_leads_to_its_scripts)
{
    struct temp_dir dir = project();
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_mkdir_p(dir.fd, "packages/ws", &err), 0);
    write_text(dir.fd, "packages/ws/cli.js", "#!/usr/bin/env node\n");
    cr_assert_eq(symlinkat("../packages/ws", dir.fd, "node_modules/ws"), 0);
    cr_assert_eq(link_in(&dir, "node_modules/ws", BIN, PB_LIT("ws"), PB_LIT("cli.js"), &err), 0,
                 "%s", err.msg);
    expect_link(&dir, BIN "/ws", "../ws/cli.js");
    cr_assert_eq(mode_of(&dir, "packages/ws/cli.js"), 0755);
    temp_dir_remove(&dir);
}

Test(bins, nothing_to_link_needs_no_package)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_deps none = {0};
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_bins_link(dir.fd, "gone", BIN, &none, &err), 0);
    cr_assert_eq(link_in(&dir, "gone", BIN, PB_LIT("x"), PB_LIT("x"), &err), -1);
    cr_assert_eq(err.code, PB_E_NOT_FOUND);
    expect_tree(dir.fd, ".", "");
    temp_dir_remove(&dir);
}
