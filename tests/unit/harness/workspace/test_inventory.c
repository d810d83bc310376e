/* SPDX-License-Identifier: MIT */
#include "harness/workspace/inventory.h"

#include "base/fs.h"
#include "base/mem.h"
#include "harness/workspace/disk_usage.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;

static void set_up(void)
{
    cr_assert_eq(pb_make_temp_dir("/tmp", "inventory-", &dir, NULL), 0);
}

static void tear_down(void)
{
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
    free(dir);
}

TestSuite(inventory, .init = set_up, .fini = tear_down, .timeout = 60);

static const char *at(const char *path)
{
    static char full[4][1024];
    static unsigned next;
    char *out = full[next++ % 4];
    snprintf(out, 1024, "%s/%s", dir, path);
    return out;
}

static void put(const char *path, const char *text)
{
    char folder[1024];
    snprintf(folder, sizeof folder, "%s", at(path));
    *strrchr(folder, '/') = '\0';
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, folder, NULL), 0);
    cr_assert_eq(pb_write_file(AT_FDCWD, at(path), pb_str(text), 0644, NULL), 0);
}

static void put_package(const char *folder, const char *name, const char *version)
{
    char path[512], text[512];
    snprintf(path, sizeof path, "%s/package.json", folder);
    snprintf(text, sizeof text, "{\"name\":\"%s\",\"version\":\"%s\"}", name, version);
    put(path, text);
}

static struct pb_inventory take(void)
{
    struct pb_inventory out;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_inventory_take(dir, &out, &err), 0, "%s", err.msg);
    return out;
}

static void expect_packages(const struct pb_inventory *inv, const char *const *paths, size_t n)
{
    cr_assert_eq(inv->package_count, n, "%zu packages", inv->package_count);
    for (size_t i = 0; i < n; i++)
        cr_expect_str_eq(inv->packages[i].path, paths[i]);
}

Test(inventory, project_without_node_modules_is_empty)
{
    put("package.json", "{}");
    put("src/index.js", "1");
    struct pb_inventory inv = take();
    cr_expect_eq(inv.files + inv.dirs + inv.symlinks + inv.bytes, 0);
    cr_expect_eq(inv.node_modules_count, 0);
    expect_packages(&inv, NULL, 0);
    pb_inventory_release(&inv);
}

Test(inventory, hoisted_layout_with_scopes_nesting_and_workspaces)
{
    put_package("node_modules/b", "b", "2.0.0");
    put_package("node_modules/a", "a", "1.0.0");
    put_package("node_modules/a/node_modules/b", "b", "1.0.0");
    put_package("node_modules/@s/c", "@s/c", "3.0.0");
    put_package("packages/x/node_modules/b", "b", "0.1.0");
    put("node_modules/.package-lock.json", "{}");
    put("node_modules/a/lib/package.json", "{\"name\":\"inner\",\"version\":\"9.9.9\"}");
    put("node_modules/no-version/package.json", "{\"name\":\"no-version\"}");
    put("node_modules/broken/package.json", "{\"name\":");
    put("node_modules/.bin/tool", "#!");
    static const char *const paths[] = {"node_modules/@s/c", "node_modules/a",
                                        "node_modules/a/node_modules/b", "node_modules/b",
                                        "packages/x/node_modules/b"};
    struct pb_inventory inv = take();
    expect_packages(&inv, paths, 5);
    cr_expect_str_eq(inv.packages[0].name, "@s/c");
    cr_expect_str_eq(inv.packages[4].version, "0.1.0");
    cr_expect_eq(inv.node_modules_count, 2);
    cr_expect_eq(inv.files, 10);
    cr_expect_eq(inv.dirs, 11); /* below the two node_modules folders, themselves not counted */
    pb_inventory_release(&inv);
}

Test(inventory, isolated_layout_counts_real_folders_once)
{
    put_package("node_modules/.pnpm/a@1.0.0/node_modules/a", "a", "1.0.0");
    cr_assert_eq(symlink(".pnpm/a@1.0.0/node_modules/a", at("node_modules/a")), 0);
    static const char *const paths[] = {"node_modules/.pnpm/a@1.0.0/node_modules/a"};
    struct pb_inventory inv = take();
    expect_packages(&inv, paths, 1);
    cr_expect_eq(inv.symlinks, 1);
    pb_inventory_release(&inv);
}

Test(inventory, link_out_of_the_project_is_its_package)
{
    put_package("store/a", "a", "1.0.0");
    put("project/package.json", "{}");
    put("project/node_modules/.keep", "");
    put_package("project/packages/w", "w", "1.0.0");
    cr_assert_eq(symlink("../../store/a", at("project/node_modules/a")), 0);
    cr_assert_eq(symlink(at("store/a"), at("project/node_modules/b")), 0);
    cr_assert_eq(symlink("../packages/w", at("project/node_modules/w")), 0);
    struct pb_inventory inv;
    cr_assert_eq(pb_inventory_take(at("project"), &inv, NULL), 0);
    static const char *const paths[] = {"node_modules/a", "node_modules/b"};
    expect_packages(&inv, paths, 2);
    pb_inventory_release(&inv);
}

static void put_link(const char *target, const char *path)
{
    put(path, ""); /* for the folders above it */
    cr_assert_eq(unlink(at(path)), 0);
    cr_assert_eq(symlink(target, at(path)), 0);
}

/* a needs b and @s/c, b needs a; b bundles x; d is nobody's here. The store is found again under
 * another name. */
Test(inventory, packages_behind_links_into_a_virtual_store_are_counted_once)
{
    put_package("store/v1/a@1.0.0-h1/node_modules/a", "a", "1.0.0");
    put_link("../../b@2.0.0-h2/node_modules/b", "store/v1/a@1.0.0-h1/node_modules/b");
    put_link("../../../@s+c@3.0.0-h3/node_modules/@s/c", "store/v1/a@1.0.0-h1/node_modules/@s/c");
    put_link("../b/tool", "store/v1/a@1.0.0-h1/node_modules/.bin/tool");
    put("store/v1/b@2.0.0-h2/node_modules/b/package.json",
        "{\"name\":\"b\",\"version\":\"2.0.0\",\"bundledDependencies\":[\"x\"]}");
    put_package("store/v1/b@2.0.0-h2/node_modules/b/node_modules/x", "x", "9.0.0");
    put_link("../../a@1.0.0-h1/node_modules/a", "store/v1/b@2.0.0-h2/node_modules/a");
    put_package("store/v1/@s+c@3.0.0-h3/node_modules/@s/c", "@s/c", "3.0.0");
    put_package("store/v1/d@4.0.0-h4/node_modules/d", "d", "4.0.0");
    put_link("../../store/v1/a@1.0.0-h1/node_modules/a", "project/node_modules/a");
    put_link("../../../store/v1/b@2.0.0-h2/node_modules/b", "project/w/node_modules/b");
    static const char *const paths[] = {
        "(linked)/@s+c@3.0.0-h3/node_modules/@s/c", "(linked)/a@1.0.0-h1/node_modules/a",
        "(linked)/b@2.0.0-h2/node_modules/b", "(linked)/b@2.0.0-h2/node_modules/b/node_modules/x"};
    struct pb_inventory inv, moved;
    cr_assert_eq(pb_inventory_take(at("project"), &inv, NULL), 0);
    expect_packages(&inv, paths, 4);
    cr_expect_eq(inv.symlinks, 2);
    cr_expect_eq(inv.files, 0);
    cr_expect_eq(pb_inventory_downloads(&inv), 3); /* x came with b */

    cr_assert_eq(rename(at("store"), at("shop")), 0);
    put_link("../../shop/v1/a@1.0.0-h1/node_modules/a", "project2/node_modules/a");
    cr_assert_eq(pb_inventory_take(at("project2"), &moved, NULL), 0);
    cr_expect_str_eq(moved.digest, inv.digest);
    pb_inventory_release(&inv);
    pb_inventory_release(&moved);
}

/* npm link leads into the folder of all global packages: its neighbours are not the project's. */
Test(inventory, neighbours_of_an_npm_link_are_not_counted)
{
    put_package("lib/node_modules/tool", "tool", "1.0.0");
    put_package("lib/node_modules/npm", "npm", "10.0.0");
    put_link("../../other", "lib/node_modules/other");
    put_link("../../lib/node_modules/tool", "project/node_modules/tool");
    put_link("../../nowhere", "project/node_modules/gone");
    static const char *const paths[] = {"node_modules/tool"};
    struct pb_inventory inv;
    cr_assert_eq(pb_inventory_take(at("project"), &inv, NULL), 0);
    expect_packages(&inv, paths, 1);
    pb_inventory_release(&inv);
}

Test(inventory, hard_links_are_counted_as_files_but_once_in_bytes)
{
    put("node_modules/a/one", "0123456789");
    struct pb_inventory single = take();
    cr_assert_eq(link(at("node_modules/a/one"), at("node_modules/a/two")), 0);
    struct pb_inventory linked = take();
    cr_expect_eq(linked.files, 2);
    cr_expect_eq(linked.bytes, single.bytes);
    cr_expect(single.bytes >= 10);
    pb_inventory_release(&single);
    pb_inventory_release(&linked);
}

Test(inventory, digest_follows_path_name_and_version_only)
{
    put_package("node_modules/a", "a", "1.0.0");
    struct pb_inventory one = take();
    put("node_modules/a/README", "more files do not matter");
    struct pb_inventory same = take();
    put_package("node_modules/a", "a", "1.0.1");
    struct pb_inventory other = take();
    cr_expect_str_eq(one.digest, same.digest);
    cr_expect_str_neq(one.digest, other.digest);
    cr_expect_eq(strlen(one.digest), 64);
    pb_inventory_release(&one);
    pb_inventory_release(&same);
    pb_inventory_release(&other);
}

Test(inventory, usage_of_several_folders_counts_shared_inodes_once)
{
    put("store/x", "0123456789");
    cr_assert_eq(mkdir(at("meta"), 0755), 0);
    struct pb_disk_usage store = {0}, both = {0};
    cr_assert_eq(pb_disk_usage_add(&store, at("store"), NULL), 0);
    cr_assert_eq(link(at("store/x"), at("meta/x")), 0);
    struct stat st;
    cr_assert_eq(stat(at("meta"), &st), 0);
    cr_assert_eq(pb_disk_usage_add(&both, at("store"), NULL), 0);
    cr_assert_eq(pb_disk_usage_add(&both, at("meta"), NULL), 0);
    cr_assert_eq(pb_disk_usage_add(&both, at("missing"), NULL), 0);
    cr_expect_eq(both.bytes, store.bytes + (uint64_t)st.st_size);
    cr_expect_eq(both.files, 2);
    pb_disk_usage_release(&store);
    pb_disk_usage_release(&both);
}

Test(inventory, thousands_of_linked_inodes_are_told_apart)
{
    struct pb_inode_set set = {0};
    for (uint64_t pass = 0; pass < 2; pass++) {
        for (uint64_t ino = 1; ino <= 5000; ino++) {
            struct stat st = {.st_dev = ino % 3, .st_ino = ino, .st_nlink = 2, .st_mode = S_IFREG};
            cr_assert_eq(pb_inode_set_add(&set, &st), pass == 0);
        }
    }
    pb_inode_set_release(&set);
}

static const struct {
    const char *path;
    bool has;
} file_cases[] = {{"missing", false}, {"empty", false}, {"nested", false}, {"full", true}};

Test(inventory, folders_alone_are_no_files)
{
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, at("empty"), NULL), 0);
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, at("nested/a/b"), NULL), 0);
    put("full/a/b", "");
    for (size_t i = 0; i < sizeof file_cases / sizeof *file_cases; i++) {
        bool has;
        cr_assert_eq(pb_has_files(at(file_cases[i].path), &has, NULL), 0);
        cr_expect_eq(has, file_cases[i].has, "%s", file_cases[i].path);
    }
}

/* What a registry must have sent: not what came inside of another package, nor test data. */
Test(inventory, downloads_are_distinct_and_not_bundled)
{
    put_package("node_modules/a", "a", "1.0.0");
    put_package("apps/web/node_modules/a", "a", "1.0.0");
    put_package("node_modules/b/node_modules/a", "a", "2.0.0");
    put_package("node_modules/@s/c/node_modules/@s/d", "@s/d", "1.0.0");
    put_package("node_modules/.pnpm/e@1.0.0/node_modules/e", "e", "1.0.0");
    put("node_modules/b/package.json",
        "{\"name\":\"b\",\"version\":\"1.0.0\",\"bundleDependencies\":[]}");
    put("node_modules/f/package.json",
        "{\"name\":\"f\",\"version\":\"1.0.0\",\"bundledDependencies\":[\"g\"]}");
    put_package("node_modules/f/node_modules/g", "g", "1.0.0");
    put_package("node_modules/f/node_modules/g/node_modules/h", "h", "1.0.0");
    put_package("node_modules/a/test/node_modules/i", "i", "1.0.0");
    struct pb_inventory inv = take();
    struct pb_arena arena = PB_ARENA_INIT;
    size_t n;
    const char *const *set = pb_inventory_set(&arena, &inv, &n);
    cr_expect_eq(n, 9); /* a 1 and 2, b, @s/d, e, f, g, h, i */
    cr_expect_str_eq(set[0], "@s/d@1.0.0");
    cr_expect_eq(pb_inventory_downloads(&inv), 6); /* without g, h, i */
    cr_expect_not(inv.scripts_ran);
    pb_arena_release(&arena);
    pb_inventory_release(&inv);
}

Test(inventory, mark_of_a_script_is_seen)
{
    put(PB_SCRIPT_MARK, "");
    struct pb_inventory inv = take();
    cr_expect(inv.scripts_ran);
    pb_inventory_release(&inv);
}
