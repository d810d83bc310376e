/* SPDX-License-Identifier: MIT */
#include "harness/workspace/before_state.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *dir;
static struct pb_arena arena;
static struct pb_workspace ws;

static const char *const locks[] = {"fake.lock", NULL};
static const char *const stores[] = {"{store}", NULL};
static const char *const metas[] = {"{store}", "{meta}/m", NULL};
static const struct pb_kv manager_env[] = {{"FAKE_STORE", "{store}"}, {"TERM", "fancy"}};
static const struct pb_kv arm_env[] = {{"FAKE_MODE", "fast"}, {"FAKE_STORE", "elsewhere"}};
static const struct pb_manager manager = {.name = "fake",
                                          .lockfiles = locks,
                                          .store_dirs = stores,
                                          .metadata_dirs = metas,
                                          .env = manager_env,
                                          .env_count = 2};
static const struct pb_arm arm = {
    .name = "fake", .manager = &manager, .env = arm_env, .env_count = 2};

static void set_up(void)
{
    char root[512];
    cr_assert_eq(pb_make_temp_dir("/tmp", "workspace-", &dir, NULL), 0);
    snprintf(root, sizeof root, "%s/ws", dir);
    cr_assert_eq(pb_workspace_make(&arena, root, NULL, &ws, NULL), 0);
}

static void tear_down(void)
{
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
    pb_arena_release(&arena);
    free(dir);
}

TestSuite(workspace, .init = set_up, .fini = tear_down, .timeout = 60);

static const char *value_of(const char *const *env, const char *name)
{
    const char *value = NULL;
    for (; *env; env++) {
        size_t n = strlen(name);
        if (strncmp(*env, name, n) != 0 || (*env)[n] != '=') continue;
        cr_expect_null(value, "%s is set twice", name);
        value = *env + n + 1;
    }
    return value;
}

Test(workspace, environment_has_nothing_of_the_caller)
{
    setenv("CI", "true", 1);
    setenv("HTTP_PROXY", "http://proxy.example", 1);
    setenv("npm_config_registry", "http://registry.example", 1);
    const char *const *env =
        pb_workspace_environment(&arena, &ws, &arm, "http://registry.example/");
    cr_expect_null(value_of(env, "CI"));
    cr_expect_null(value_of(env, "HTTP_PROXY"));
    cr_expect_null(value_of(env, "npm_config_registry"));
    cr_expect_str_eq(value_of(env, "HOME"), ws.home);
    cr_expect(strstr(value_of(env, "PATH"), "/usr/bin"));
}

Test(workspace, later_layers_of_the_environment_win)
{
    const char *const *env =
        pb_workspace_environment(&arena, &ws, &arm, "http://registry.example/");
    cr_expect_str_eq(value_of(env, "TERM"), "fancy");
    cr_expect_str_eq(value_of(env, "FAKE_STORE"), "elsewhere");
    cr_expect_str_eq(value_of(env, "FAKE_MODE"), "fast");
}

Test(workspace, cache_folders_are_named_once)
{
    const char *const *dirs = pb_workspace_cache_dirs(&arena, &ws, &arm, "");
    cr_expect_str_eq(dirs[0], ws.store);
    cr_expect(pb_str_ends(pb_str(dirs[1]), "/meta/m"));
    cr_expect_null(dirs[2]);
}

Test(workspace, warm_one_uses_the_kept_store)
{
    char root[512];
    struct pb_workspace warm;
    snprintf(root, sizeof root, "%s/warm", dir);
    cr_assert_eq(pb_workspace_make(&arena, root, &ws, &warm, NULL), 0);
    cr_expect_str_eq(warm.store, ws.store);
    cr_expect_str_eq(warm.meta, ws.meta);
    cr_expect_str_neq(warm.home, ws.home);
    cr_expect_eq(pb_workspace_make(&arena, root, NULL, &warm, NULL), -1, "used twice");
}

/* Each row puts one file into a clean workspace; `what` must be named by the reason. */
static const struct {
    const char *path, *what;
} rows[] = {{"project/fake.lock", "lockfile"},
            {"project/apps/a/node_modules/x", "node_modules"},
            {"store/x", "store"},
            {"meta/m/x", "metadata"},
            {"home/.cache/x", "home"},
            {"tmp/x", "temporary"}};

Test(workspace, anything_undeclared_before_the_sample_is_named)
{
    const struct pb_phase cold = {.key = "p0"};
    struct pb_before_state state;
    char reason[256], path[512];
    cr_assert_eq(pb_before_state_look(&ws, &arm, "", &state, NULL), 0);
    cr_expect(pb_before_state_holds(&state, &cold, reason), "%s", reason);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(path, sizeof path, "%s/%s", ws.root, rows[i].path);
        *strrchr(path, '/') = '\0';
        cr_assert_eq(pb_mkdir_p(AT_FDCWD, path, NULL), 0);
        snprintf(path, sizeof path, "%s/%s", ws.root, rows[i].path);
        cr_assert_eq(pb_write_file(AT_FDCWD, path, PB_LIT("x"), 0644, NULL), 0);
        cr_assert_eq(pb_before_state_look(&ws, &arm, "", &state, NULL), 0);
        cr_expect_not(pb_before_state_holds(&state, &cold, reason), "%s", rows[i].path);
        cr_expect(strstr(reason, rows[i].what) || strcmp(rows[i].what, "store") == 0, "%s: %s",
                  rows[i].path, reason);
        cr_assert_eq(pb_remove_tree(AT_FDCWD, path, NULL), 0);
        if (strstr(path, "node_modules")) {
            *strrchr(path, '/') = '\0';
            cr_assert_eq(pb_remove_tree(AT_FDCWD, path, NULL), 0);
        }
    }
}

Test(workspace, missing_declared_state_is_named)
{
    const struct pb_phase warm = {.key = "p4",
                                  .lockfile = PB_STATE_SEEDED,
                                  .store = PB_STATE_KEPT,
                                  .metadata = PB_STATE_KEPT};
    struct pb_before_state state;
    char reason[256];
    cr_assert_eq(pb_before_state_look(&ws, &arm, "", &state, NULL), 0);
    cr_expect_not(pb_before_state_holds(&state, &warm, reason));
    cr_expect(strstr(reason, "lockfile absent"), "%s", reason);
}
