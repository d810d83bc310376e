/* SPDX-License-Identifier: MIT */
#include "harness/validity/check.h"
#include "harness/validity/dependencies.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *dir;

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

/* A root with workspaces; everything installed except what the tests leave out. */
static void set_up(void)
{
    cr_assert_eq(pb_make_temp_dir("/tmp", "dependencies-", &dir, NULL), 0);
    put("package.json",
        "{\"dependencies\":{\"a\":\"1\",\"@s/b\":\"1\",\"o\":\"1\"},"
        "\"optionalDependencies\":{\"o\":\"1\"},\"devDependencies\":{\"web\":\"*\"},"
        "\"workspaces\":[\"apps/*\",\"!apps/old\",\"deep/**\"]}");
    put("apps/web/package.json", "{\"name\":\"web\",\"dependencies\":{\"c\":\"1\",\"a\":\"1\"}}");
    put("apps/old/package.json", "{\"dependencies\":{\"never\":\"1\"}}");
    put("deep/x/y/package.json", "{\"dependencies\":{\"d\":\"1\"}}");
    put("other/package.json", "{\"dependencies\":{\"never\":\"1\"}}");
    put("node_modules/a/package.json", "{\"name\":\"a\",\"version\":\"1.0.0\"}");
    put("node_modules/@s/b/package.json", "{\"name\":\"@s/b\",\"version\":\"1.0.0\"}");
    put("node_modules/d/package.json", "{\"name\":\"d\",\"version\":\"1.0.0\"}");
    put("apps/web/node_modules/c/package.json", "{\"name\":\"c\",\"version\":\"1.0.0\"}");
    cr_assert_eq(symlink("../apps/web", at("node_modules/web")), 0);
}

static void tear_down(void)
{
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
    free(dir);
}

TestSuite(dependencies, .init = set_up, .fini = tear_down, .timeout = 60);

Test(dependencies, of_root_and_matching_workspaces_without_optional_ones)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_dependencies found;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_dependencies_read(&arena, dir, &found, &err), 0, "%s", err.msg);
    cr_expect_eq(found.n, 6); /* a, @s/b, web; c, a; d */
    for (size_t i = 0; i < found.n; i++) {
        cr_expect_str_neq(found.items[i].name, "o");
        cr_expect_str_neq(found.items[i].name, "never");
        cr_expect(pb_dependency_in_place(dir, &found.items[i]), "%s", found.items[i].name);
    }
    free(found.items);
    pb_arena_release(&arena);
}

static const struct {
    const char *from, *name;
    bool in_place;
} rows[] = {{"", "a", true},          {"apps/web", "a", true}, {"apps/web", "c", true},
            {"", "c", false},         {"", "web", true},       {"", "a/..", false},
            {"apps/web", "z", false}, {"deep/x/y", "d", true}};

Test(dependencies, are_looked_for_upwards_to_the_root)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pb_dependency d = {rows[i].from, rows[i].name};
        cr_expect_eq(pb_dependency_in_place(dir, &d), rows[i].in_place, "row %zu", i);
    }
}

Test(dependencies, folder_without_version_is_no_package)
{
    struct pb_dependency d = {"", "half"};
    put("node_modules/half/package.json", "{\"name\":\"half\"}");
    cr_expect_not(pb_dependency_in_place(dir, &d));
}

static enum pb_check_verdict check_tree(const char *expected_tree, char *reason)
{
    struct pb_workspace ws = {.project = dir};
    struct pb_facts f = {.ws = &ws, .expected_tree = expected_tree};
    cr_assert_eq(pb_inventory_take(dir, &f.inventory, NULL), 0);
    enum pb_check_verdict verdict = pb_check_tree_complete(&f, reason);
    pb_inventory_release(&f.inventory);
    return verdict;
}

Test(dependencies, tree_check_names_the_first_missing_one)
{
    char reason[PB_CHECK_REASON_BYTES] = "";
    cr_expect_eq(check_tree(NULL, reason), PB_CHECK_PASSED, "%s", reason);
    cr_assert_eq(pb_remove_tree(AT_FDCWD, at("apps/web/node_modules"), NULL), 0);
    cr_expect_eq(check_tree(NULL, reason), PB_CHECK_FAILED);
    cr_expect_str_eq(reason, "c of apps/web is not in node_modules");
}

Test(dependencies, tree_check_sees_another_tree)
{
    char reason[PB_CHECK_REASON_BYTES] = "";
    struct pb_inventory inv;
    cr_assert_eq(pb_inventory_take(dir, &inv, NULL), 0);
    cr_expect_eq(check_tree(inv.digest, reason), PB_CHECK_PASSED);
    put("node_modules/d/package.json", "{\"name\":\"d\",\"version\":\"1.0.1\"}");
    cr_expect_eq(check_tree(inv.digest, reason), PB_CHECK_FAILED);
    cr_expect(strstr(reason, "differs"), "%s", reason);
    pb_inventory_release(&inv);
}

static const struct {
    const char *package;
    enum pb_check_verdict verdict;
} additions[] = {{"a", PB_CHECK_PASSED},
                 {"@s/b@^1.0.0", PB_CHECK_PASSED},
                 {"a@1.0.0", PB_CHECK_PASSED},
                 {"d", PB_CHECK_FAILED} /* not declared */,
                 {"o", PB_CHECK_FAILED} /* not placed */};

Test(dependencies, added_package_must_be_declared_and_placed)
{
    struct pb_workspace ws = {.project = dir};
    for (size_t i = 0; i < sizeof additions / sizeof *additions; i++) {
        char reason[PB_CHECK_REASON_BYTES] = "";
        struct pb_facts f = {.ws = &ws, .package = additions[i].package};
        cr_expect_eq(pb_check_package_added(&f, reason), additions[i].verdict, "%s: %s",
                     additions[i].package, reason);
    }
}
