/* SPDX-License-Identifier: MIT */
#include "harness/workspace/project.h"

#include "base/buf.h"
#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *dir;
static struct pb_arena arena;
static struct pb_workspace ws;

static const char *const locks[] = {"fake.lock", "fake.lockb", NULL};
static const char *const other_locks[] = {"other-lock.json", NULL};
static const struct pb_kv files[] = {{".npmrc", "registry={registry}\n"}};
static struct pb_manager managers[] = {{.name = "fake",
                                        .lockfiles = locks,
                                        .files = files,
                                        .file_count = 1,
                                        .workspace_file = "ws.yaml"},
                                       {.name = "other", .lockfiles = other_locks}};
static const struct pb_arm arm = {.name = "fake", .manager = &managers[0]};

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

static void expect_file(const char *path, const char *text)
{
    PB_AUTO_BUF struct pb_buf got = PB_BUF_INIT(1 << 16);
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_read_file(AT_FDCWD, at(path), &got, &err), 0, "%s", err.msg);
    cr_expect_str_eq(got.p ? got.p : "", text);
}

static void set_up(void)
{
    cr_assert_eq(pb_make_temp_dir("/tmp", "project-", &dir, NULL), 0);
    put("src/package.json", "{\"workspaces\":{\"packages\":[\"apps/*\",\"x \\\"y\"]}}");
    cr_assert_eq(pb_workspace_make(&arena, at("ws"), NULL, &ws, NULL), 0);
}

static void tear_down(void)
{
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
    pb_arena_release(&arena);
    free(dir);
}

TestSuite(project, .init = set_up, .fini = tear_down, .timeout = 60);

Test(project, template_leaves_out_what_would_be_a_warm_state)
{
    put("src/apps/a/package.json", "{}");
    put("src/apps/a/node_modules/x/index.js", "");
    put("src/node_modules/x/index.js", "");
    put("src/.git/HEAD", "");
    put("src/fake.lock", "");
    put("src/other-lock.json", "");
    put("src/apps/a/other-lock.json", "");
    put("src/lib/code.js", "code");
    cr_assert_eq(symlink("lib/code.js", at("src/link.js")), 0);
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_project_make_template(at("src"), at("t"), managers, 2, &err), 0, "%s", err.msg);
    static const char *const gone[] = {
        "t/apps/a/node_modules", "t/node_modules",    "t/.git",
        "t/fake.lock",           "t/other-lock.json", "t/apps/a/other-lock.json"};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        cr_expect_not(pb_exists(AT_FDCWD, at(gone[i])), "%s", gone[i]);
    expect_file("t/lib/code.js", "code");
    expect_file("t/link.js", "code");
    cr_expect(pb_exists(AT_FDCWD, at("t/apps/a/package.json")));
}

Test(project, folder_without_package_json_is_refused)
{
    put("empty/README", "");
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_project_make_template(at("empty"), at("t"), managers, 2, &err), -1);
    cr_expect(strstr(err.msg, "package.json"), "%s", err.msg);
}

Test(project, manager_files_and_workspaces_are_written)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_project_put(&ws, at("src"), &arm, "http://registry.example/", &err), 0, "%s",
                 err.msg);
    expect_file("ws/project/.npmrc", "registry=http://registry.example/\n");
    expect_file("ws/project/ws.yaml", "packages:\n  - \"apps/*\"\n  - \"x \\\"y\"\n");
}

Test(project, own_workspace_file_of_the_project_stays)
{
    put("src/ws.yaml", "mine\n");
    cr_assert_eq(pb_project_put(&ws, at("src"), &arm, "http://registry.example/", NULL), 0);
    expect_file("ws/project/ws.yaml", "mine\n");
}

Test(project, locks_are_copied_and_digested_with_their_names)
{
    char digest[3][65];
    uint64_t bytes;
    size_t n;
    cr_expect_not(pb_project_lock_digest(&arm, at("src"), digest[0], &bytes));
    put("src/fake.lock", "lock");
    cr_expect(pb_project_lock_digest(&arm, at("src"), digest[0], &bytes));
    cr_expect_eq(bytes, 4);
    put("to/x", "");
    cr_assert_eq(pb_project_copy_locks(&arm, at("src"), at("to"), &n, NULL), 0);
    cr_expect_eq(n, 1);
    cr_expect(pb_project_lock_digest(&arm, at("to"), digest[1], &bytes));
    cr_expect_str_eq(digest[0], digest[1]);
    cr_assert_eq(rename(at("to/fake.lock"), at("to/fake.lockb")), 0);
    cr_expect(pb_project_lock_digest(&arm, at("to"), digest[2], &bytes));
    cr_expect_str_neq(digest[0], digest[2]);
}
