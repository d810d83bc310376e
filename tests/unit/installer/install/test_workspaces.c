/* SPDX-License-Identifier: MIT */
#include "installer/install/workspaces.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

Test(workspaces, globs_match_whole_paths)
{
    static const struct {
        const char *glob, *path;
        bool matches;
    } cases[] = {
        {"packages/*", "packages/a", true},
        {"packages/*", "packages/a/b", false},
        {"packages/*", "packages", false},
        {"./packages/*/", "packages/a", true},
        {"packages/a", "packages/a", true},
        {"packages/a", "packages/ab", false},
        {"packages/**", "packages/a/b/c", true},
        {"**/x", "x", true},
        {"**/x", "a/b/x", true},
        {"**/x", "a/b/y", false},
        {"apps/web-?", "apps/web-1", true},
        {"apps/[ab]", "apps/b", true},
        {"apps/[ab]", "apps/c", false},
        {"packages/*", "packages/.hidden", false},
        {"../x", "x", false},
        {"", "x", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(pl_workspace_glob_matches(pb_str(cases[i].glob), pb_str(cases[i].path)),
                     cases[i].matches, "%s on %s", cases[i].glob, cases[i].path);
}

struct tree {
    char *dir;
    int fd;
    struct pb_arena arena;
};

static struct tree make_tree(const char *const *manifests)
{
    struct pb_err err = PB_ERR_INIT;
    struct tree tree = {0};
    cr_assert_eq(pb_make_temp_dir("/tmp", "workspaces-", &tree.dir, &err), 0, "%s", err.msg);
    tree.fd = pb_open_dir(AT_FDCWD, tree.dir, &err);
    for (; *manifests; manifests += 2) {
        char path[256];
        cr_assert_eq(pb_mkdir_p(tree.fd, manifests[0], &err), 0, "%s", err.msg);
        snprintf(path, sizeof path, "%s/package.json", manifests[0]);
        cr_assert_eq(pb_write_file(tree.fd, path, pb_str(manifests[1]), 0644, &err), 0);
    }
    return tree;
}

static void remove_tree(struct tree *tree)
{
    struct pb_err err = PB_ERR_INIT;
    close(tree->fd);
    cr_expect_eq(pb_remove_tree(AT_FDCWD, tree->dir, &err), 0, "%s", err.msg);
    free(tree->dir);
    pb_arena_release(&tree->arena);
}

static int find(struct tree *tree, const char *const *globs, struct pl_workspaces *out,
                struct pb_err *err)
{
    struct pb_str items[8];
    struct pl_strs list = {.items = items};
    while (globs[list.n]) {
        items[list.n] = pb_str(globs[list.n]);
        list.n++;
    }
    return pl_workspaces_find(&tree->arena, tree->fd, &list, out, err);
}

static const char *const project[] = {
    "packages/b",
    "{\"name\":\"b\"}",
    "packages/a",
    "{\"name\":\"@s/a\"}",
    "packages/x",
    "{\"name\":\"x\"}",
    "packages/unnamed",
    "{}",
    "apps/deep/web",
    "{\"name\":\"web\"}",
    "apps/node_modules/no",
    "{\"name\":\"no\"}",
    NULL,
};

Test(workspaces, finds_members_sorted_and_takes_out_negated)
{
    struct tree tree = make_tree(project);
    struct pb_err err = PB_ERR_INIT;
    struct pl_workspaces found;
    cr_assert_eq(pb_mkdir_p(tree.fd, "packages/empty", &err), 0);
    const char *const globs[] = {"packages/*", "apps/**", "!packages/x", NULL};
    cr_assert_eq(find(&tree, globs, &found, &err), 0, "%s", err.msg);
    static const char *const paths[] = {"apps/deep/web", "packages/a", "packages/b",
                                        "packages/unnamed"};
    static const char *const names[] = {"web", "@s/a", "b", "unnamed"};
    cr_assert_eq(found.n, 4);
    for (size_t i = 0; i < 4; i++) {
        cr_expect_str_eq(found.items[i].path.p, paths[i]);
        cr_expect(pb_str_is(found.items[i].manifest.name, names[i]));
    }
    remove_tree(&tree);
}

Test(workspaces, two_members_of_one_name_are_an_error)
{
    static const char *const manifests[] = {"a", "{\"name\":\"same\"}", "b", "{\"name\":\"same\"}",
                                            NULL};
    struct tree tree = make_tree(manifests);
    struct pb_err err = PB_ERR_INIT;
    struct pl_workspaces found;
    const char *const globs[] = {"*", NULL};
    cr_assert_eq(find(&tree, globs, &found, &err), -1);
    cr_expect_not_null(strstr(err.msg, "same"));
    remove_tree(&tree);
}

Test(workspaces, paths_out_of_the_project_are_refused)
{
    static const char *const manifests[] = {"a", "{\"name\":\"a\"}", NULL};
    struct tree tree = make_tree(manifests);
    struct pb_err err = PB_ERR_INIT;
    struct pl_workspaces found;
    const char *const globs[] = {"../*", NULL};
    cr_expect_eq(find(&tree, globs, &found, &err), -1);
    cr_expect_eq(err.code, PB_E_BAD_INPUT);
    remove_tree(&tree);
}
