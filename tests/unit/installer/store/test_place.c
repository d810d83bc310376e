/* SPDX-License-Identifier: MIT */
#include "installer/store/place.h"

#include "base/fs.h"
#include "installer/store/store_internal.h"
#include "sample_package.h"
#include "tar_builder.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

struct scene {
    struct temp_dir dir; /* holds "store" and "project" */
    int project;
    struct pl_store *store;
    bool is_private; /* how place() fills targets */
    struct pl_place_result result;
    struct pb_err err;
};

static struct scene scene_new(void)
{
    struct scene s = {.dir = temp_dir_new()};
    cr_assert_eq(mkdirat(s.dir.fd, "project", 0777), 0);
    s.project = openat(s.dir.fd, "project", O_RDONLY | O_DIRECTORY);
    s.store = sample_store(s.dir.path);
    return s;
}

static void scene_end(struct scene *s)
{
    pl_store_close(s->store);
    close(s->project);
    temp_dir_remove(&s->dir);
}

static int place(struct scene *s, const struct pl_store_package *package, const char *target)
{
    pb_err_clear(&s->err);
    const struct pl_place_target to = {s->project, target, s->is_private};
    return pl_place_package(s->store, package, &to, &s->result, &s->err);
}

static void place_ok(struct scene *s, const struct pl_store_package *package, const char *target)
{
    cr_assert_eq(place(s, package, target), 0, "%s", s->err.msg);
    cr_assert(!s->result.damaged);
}

static struct stat stat_of(int dirfd, const char *path)
{
    struct stat st;
    cr_assert_eq(fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW), 0, "%s", path);
    return st;
}

static bool same_inode(struct scene *s, const struct pl_store_package *package, const char *target,
                       const char *file)
{
    const char *a = sample_stored(package, file);
    char b[600];
    (void)snprintf(b, sizeof b, "%s/%s", target, file);
    return stat_of(pl_store_dirfd(s->store), a).st_ino == stat_of(s->project, b).st_ino;
}

Test(place, links_every_file_but_the_empty_ones)
{
    struct scene s = scene_new();
    const struct pl_store_package *p = sample_add(s.store, 1);
    place_ok(&s, p, "node_modules/@scope/a");
    cr_assert_eq(s.result.linked, 4);
    cr_assert_eq(s.result.copied, 1);
    expect_tree(s.project, "node_modules/@scope/a", SAMPLE_TREE);
    cr_assert(same_inode(&s, p, "node_modules/@scope/a", "lib/deep/b.js"));
    cr_assert(!same_inode(&s, p, "node_modules/@scope/a", "empty.js"));
    cr_assert_eq(stat_of(s.project, "node_modules/@scope/a/cli.js").st_mode & 0111, 0111);
    place_ok(&s, p, "node_modules/b/node_modules/a");
    place_ok(&s, p, "top");
    expect_tree(s.project, "top", SAMPLE_TREE);
    scene_end(&s);
}

Test(place, private_targets_get_copies)
{
    (void)umask(022);
    struct scene s = scene_new();
    s.is_private = true;
    const struct pl_store_package *p = sample_add(s.store, 1);
    place_ok(&s, p, "node_modules/a");
    cr_assert_eq(s.result.linked, 0);
    cr_assert_eq(s.result.copied, SAMPLE_FILES);
    expect_tree(s.project, "node_modules/a", SAMPLE_TREE);
    expect_text(s.project, "node_modules/a/lib/a.js", "module.exports = 1\n");
    cr_assert(!same_inode(&s, p, "node_modules/a", "package.json"));
    cr_assert_eq(stat_of(s.project, "node_modules/a/cli.js").st_mode & 07777, 0755);
    cr_assert_eq(stat_of(s.project, "node_modules/a/lib/a.js").st_mode & 07777, 0644);
    scene_end(&s);
}

Test(place, replaces_what_stands_there_and_keeps_node_modules)
{
    struct scene s = scene_new();
    struct pb_err err = PB_ERR_INIT;
    const struct pl_store_package *p = sample_add(s.store, 1);
    cr_assert_eq(pb_mkdir_p(s.project, "node_modules/a/node_modules/inner", &err), 0);
    cr_assert_eq(pb_mkdir_p(s.project, "node_modules/a/lib/a.js/was-a-folder", &err), 0);
    write_text(s.project, "node_modules/a/node_modules/inner/kept", "kept");
    write_text(s.project, "node_modules/a/old", "old");
    place_ok(&s, p, "node_modules/a");
    expect_tree(s.project, "node_modules/a",
                "cli.js\nempty.js\nlib/\nlib/a.js\nlib/deep/\nlib/deep/b.js\n"
                "node_modules/\nnode_modules/inner/\nnode_modules/inner/kept\npackage.json\n");
    place_ok(&s, sample_add(s.store, 2), "node_modules/a");
    expect_text(s.project, "node_modules/a/package.json", "2");
    expect_text(s.project, "node_modules/a/node_modules/inner/kept", "kept");
    scene_end(&s);
}

/* Placing again must not write into the inodes that the store shares. */
Test(place, replacing_does_not_change_the_store)
{
    struct scene s = scene_new();
    const struct pl_store_package *one = sample_add(s.store, 1);
    place_ok(&s, one, "node_modules/a");
    s.is_private = true;
    place_ok(&s, sample_add(s.store, 2), "node_modules/a");
    struct pl_store_check check;
    cr_assert_eq(pl_store_verify(s.store, false, &check, &s.err), 0);
    cr_assert_eq(check.damaged, 0);
    scene_end(&s);
}

static const struct pl_store_package *add_bundled(struct scene *s)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "package/package.json", "outer");
    tar_add_file(&tar, "package/node_modules/in/package.json", "bundled");
    tar_add_file(&tar, "package/node_modules/in/lib/a.js", "bundled too");
    tar_end(&tar);
    bool reused;
    cr_assert_eq(pl_store_add_archive(s->store, PB_LIT("b"), &PL_PACKED(tar.p, tar.n), NULL,
                                      &reused, &s->err),
                 0, "%s", s->err.msg);
    return sample_read(s->store, "b");
}

/* What stands in a kept node_modules may be anything: older files, folders, planted links. */
Test(place, bundled_packages_go_into_a_kept_node_modules)
{
    for (int is_private = 0; is_private <= 1; is_private++) {
        struct scene s = scene_new();
        struct pb_err err = PB_ERR_INIT;
        s.is_private = is_private;
        const struct pl_store_package *p = add_bundled(&s);
        cr_assert_eq(mkdirat(s.dir.fd, "outside", 0777), 0);
        write_text(s.dir.fd, "outside/package.json", "kept");
        cr_assert_eq(pb_mkdir_p(s.project, "a/node_modules/in/package.json/folder", &err), 0);
        cr_assert_eq(symlinkat("../../../../outside", s.project, "a/node_modules/in/lib"), 0);
        place_ok(&s, p, "a");
        expect_text(s.project, "a/node_modules/in/package.json", "bundled");
        expect_text(s.project, "a/node_modules/in/lib/a.js", "bundled too");
        place_ok(&s, p, "a");

        cr_assert_eq(pb_remove_tree(s.project, "a/node_modules/in", &err), 0);
        cr_assert_eq(symlinkat("../../../outside", s.project, "a/node_modules/in"), 0);
        place_ok(&s, p, "a");
        expect_text(s.project, "a/node_modules/in/package.json", "bundled");
        expect_tree(s.dir.fd, "outside", "package.json\n");
        expect_text(s.dir.fd, "outside/package.json", "kept");
        scene_end(&s);
    }
}

Test(place, does_not_follow_planted_links)
{
    static const struct {
        const char *link, *points_to;
        bool is_replaced; /* at the package's own name; elsewhere it is refused */
    } planted[] = {{"node_modules", "../outside", false},
                   {"node_modules/@scope", "../../outside", false},
                   {"node_modules/@scope/a", "../../../outside", true},
                   {"node_modules/@scope/a", "/nowhere", true}};
    for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++) {
        struct scene s = scene_new();
        struct pb_err err = PB_ERR_INIT;
        const struct pl_store_package *p = sample_add(s.store, 1);
        cr_assert_eq(mkdirat(s.dir.fd, "outside", 0777), 0);
        write_text(s.dir.fd, "outside/package.json", "kept");
        if (i > 0)
            cr_assert_eq(
                pb_mkdir_p(s.project, i > 1 ? "node_modules/@scope" : "node_modules", &err), 0);
        cr_assert_eq(symlinkat(planted[i].points_to, s.project, planted[i].link), 0);
        int result = place(&s, p, "node_modules/@scope/a");
        cr_assert_eq(result, planted[i].is_replaced ? 0 : -1, "case %zu: %s", i, s.err.msg);
        if (result != 0)
            cr_assert_eq(s.err.code, PB_E_CONFLICT, "%s", s.err.msg);
        else
            expect_tree(s.project, "node_modules/@scope/a", SAMPLE_TREE);
        expect_tree(s.dir.fd, "outside", "package.json\n");
        expect_text(s.dir.fd, "outside/package.json", "kept");
        scene_end(&s);
    }
}

Test(place, a_file_in_the_way_is_replaced_or_named)
{
    struct scene s = scene_new();
    const struct pl_store_package *p = sample_add(s.store, 1);
    write_text(s.project, "a", "a file");
    place_ok(&s, p, "a");
    expect_tree(s.project, "a", SAMPLE_TREE);
    write_text(s.project, "node_modules", "a file");
    cr_assert_eq(place(&s, p, "node_modules/a"), -1);
    cr_assert(strstr(s.err.msg, "node_modules/a"), "%s", s.err.msg);
    scene_end(&s);
}

Test(place, refuses_targets_that_are_no_package_paths)
{
    static const char *const targets[] = {"",  "node_modules/", "..",       "node_modules/..",
                                          ".", "../x",          "a/../../x"};
    struct scene s = scene_new();
    const struct pl_store_package *p = sample_add(s.store, 1);
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        cr_assert_eq(place(&s, p, targets[i]), -1, "\"%s\"", targets[i]);
    expect_tree(s.dir.fd, "project", "");
    scene_end(&s);
}

Test(place, tells_when_the_store_is_damaged)
{
    static const char *const victims[] = {"package.json", "lib/deep/b.js"};
    for (int is_private = 0; is_private <= 1; is_private++) {
        struct scene s = scene_new();
        s.is_private = is_private;
        for (unsigned i = 0; i < 2; i++) {
            const struct pl_store_package *p = sample_add(s.store, i);
            cr_assert_eq(unlinkat(pl_store_dirfd(s.store), sample_stored(p, victims[i]), 0), 0);
            cr_assert_eq(place(&s, p, "a"), -1);
            cr_assert(s.result.damaged);
            cr_assert(strstr(s.err.msg, victims[i]), "%s", s.err.msg);
        }
        const struct pl_store_package *p = sample_add(s.store, 5);
        struct pb_err err = PB_ERR_INIT;
        cr_assert_eq(pb_remove_tree(s.dir.fd, "store/v4/files", &err), 0);
        cr_assert_eq(place(&s, p, "b"), -1);
        cr_assert(s.result.damaged);
        scene_end(&s);
    }
}

Test(place, copies_notice_a_wrong_size)
{
    struct scene s = scene_new();
    s.is_private = true;
    const struct pl_store_package *p = sample_add(s.store, 1);
    write_text(pl_store_dirfd(s.store), sample_stored(p, "lib/a.js"),
               ""); /* as after a power cut */
    cr_assert_eq(place(&s, p, "a"), -1);
    cr_assert(s.result.damaged);
    cr_assert_eq(s.err.code, PB_E_INTEGRITY);
    scene_end(&s);
}

static struct pl_store *open_in_boot(struct scene *s, uint64_t boot)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/store", s->dir.path);
    pl_store_close(s->store);
    s->store = pl_store_open_in_boot(path, boot, &s->err);
    cr_assert_not_null(s->store, "%s", s->err.msg);
    return s->store;
}

static const struct pl_store_package *find(struct scene *s, unsigned number)
{
    const struct pl_store_package *p = sample_find(s->store, number);
    cr_assert_not_null(p);
    return p;
}

/* A power cut leaves the names of files that were not synced, but not their content. */
Test(place, sizes_are_compared_once_after_the_machine_was_started_again)
{
    struct scene s = scene_new();
    (void)open_in_boot(&s, 1);
    for (unsigned i = 1; i <= 2; i++)
        cr_assert(!sample_add(s.store, i)->check_sizes);
    (void)open_in_boot(&s, 1);
    cr_assert(!find(&s, 1)->check_sizes, "the same boot");

    (void)open_in_boot(&s, 2);
    const struct pl_store_package *cut = find(&s, 1);
    /* package.json: the other files are the second package's too */
    write_text(pl_store_dirfd(s.store), sample_stored(cut, "package.json"), "");
    cr_assert(cut->check_sizes);
    cr_assert_eq(place(&s, cut, "a"), -1);
    cr_assert(s.result.damaged);
    cr_assert(!pb_exists(s.project, "a"));
    place_ok(&s, find(&s, 2), "b");
    cr_assert(find(&s, 1)->check_sizes);

    pl_store_forget(s.store, cut->key);
    const struct pl_store_package *again = sample_add(s.store, 1);
    cr_assert(!again->check_sizes);
    place_ok(&s, again, "a");
    (void)open_in_boot(&s, 3);
    cr_assert(find(&s, 1)->check_sizes, "written in boot 2");
    cr_assert(!find(&s, 2)->check_sizes, "compared in boot 2");
    (void)open_in_boot(&s, 0);
    cr_assert(find(&s, 1)->check_sizes, "an unknown boot is another one");
    scene_end(&s);
}

Test(place, copies_to_another_device)
{
    struct scene s = scene_new();
    cr_assert_eq(mkdirat(s.project, "node_modules", 0777), 0);
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/project/node_modules", s.dir.path);
    if (mount("tmpfs", path, "tmpfs", 0, "size=4m") != 0) {
        scene_end(&s);
        cr_skip_test("mounting a tmpfs needs root");
    }
    const struct pl_store_package *p = sample_add(s.store, 1);
    int result = place(&s, p, "node_modules/a");
    uint64_t copied = s.result.copied, linked = s.result.linked;
    char *tree = list_tree(s.project, "node_modules/a");
    (void)umount2(path, MNT_DETACH);
    cr_assert_eq(result, 0, "%s", s.err.msg);
    cr_assert_str_eq(tree, SAMPLE_TREE);
    cr_assert_eq(copied, SAMPLE_FILES);
    cr_assert_eq(linked, 0);
    free(tree);
    scene_end(&s);
}

/* ext4 allows 65,000 links to an inode; the store's file then gets a new one. */
Test(place, goes_on_past_the_link_limit)
{
    struct scene s = scene_new();
    const struct pl_store_package *p = sample_add(s.store, 1);
    char name[32];
    const char *file = sample_stored(p, "lib/a.js");
    cr_assert_eq(mkdirat(s.dir.fd, "links", 0777), 0);
    PB_AUTO_FD int links = openat(s.dir.fd, "links", O_PATH);
    unsigned made = 0;
    for (; made < 70000; made++) {
        (void)snprintf(name, sizeof name, "%u", made);
        if (linkat(pl_store_dirfd(s.store), file, links, name, 0) != 0) break;
    }
    if (made == 70000) {
        scene_end(&s);
        cr_skip_test("this file system has no link limit below 70,000");
    }
    ino_t before = stat_of(pl_store_dirfd(s.store), file).st_ino;
    place_ok(&s, p, "a");
    cr_assert_eq(s.result.linked, 4);
    expect_tree(s.project, "a", SAMPLE_TREE);
    expect_text(s.project, "a/lib/a.js", "module.exports = 1\n");
    cr_assert_neq(stat_of(pl_store_dirfd(s.store), file).st_ino, before);
    cr_assert(same_inode(&s, p, "a", "lib/a.js"));
    scene_end(&s);
}
