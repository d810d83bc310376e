/* SPDX-License-Identifier: MIT */
#include "harness/plan/arm.h"

#include "data_dir.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const version_argv[] = {"--version", NULL};
static const char *const install_argv[] = {"install", "--registry={registry}", NULL};
static const struct pb_kv cannot[] = {{"resolve", "because"}};
static const struct pb_manager managers[] = {
    {.name = "fake",
     .program = "no-such-program-here",
     .version_argv = version_argv,
     .install = install_argv,
     .cannot = cannot,
     .cannot_count = 1},
    {.name = "got",
     .program = "no-such-program-here",
     .version_argv = version_argv,
     .install = install_argv,
     .fetch_package = "got",
     .fetch_version = "1.0.0",
     .fetch_binary = "bin.sh"},
};

static int make(struct pb_arena *arena, const char *text, const char *cache, struct pb_arm *arm,
                struct pb_err *err)
{
    return pb_arm_make(arena, text, managers, 2, cache, arm, err);
}

static char *script_dir(const char *name, const char *text)
{
    char *dir = make_data_dir(name, text);
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    cr_assert_eq(chmod(path, 0755), 0);
    return dir;
}

Test(arm, explicit_binary_version_environment_and_argv)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_arm arm;
    char *dir = script_dir("tool", "#!/bin/sh\necho fake v7.8.9-rc.1 '(linux)'\n");
    const char *text = pb_arena_printf(&arena, "fake-next=fake:%s/tool,A=1,B=x=y", dir);
    cr_assert_eq(make(&arena, text, "/nonexistent", &arm, &err), 0, "%s", err.msg);
    cr_expect_str_eq(arm.name, "fake-next");
    cr_assert_not_null(arm.binary, "%s", arm.missing);
    cr_expect_str_eq(arm.version, "7.8.9-rc.1");
    cr_expect_eq(strlen(arm.sha256), 64);
    cr_expect_eq(arm.env_count, 2);
    cr_expect_str_eq(arm.env[1].key, "B");
    cr_expect_str_eq(arm.env[1].value, "x=y");

    const char *why = NULL;
    struct pb_template_vars vars = {.registry = "R"};
    const char *const *argv = pb_arm_argv(&arena, &arm, PB_ACTION_INSTALL, &vars, &why);
    cr_assert_not_null(argv);
    cr_expect_str_eq(argv[0], arm.binary);
    cr_expect_str_eq(argv[2], "--registry=R");
    cr_expect_null(argv[3]);
    cr_expect_null(pb_arm_argv(&arena, &arm, PB_ACTION_RESOLVE, &vars, &why));
    cr_expect_str_eq(why, "because");
    remove_data_dir(dir);
    pb_arena_release(&arena);
}

Test(arm, fetched_versions_are_found_side_by_side)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_arm arm;
    char *cache = make_data_dir("note", "");
    cr_assert_eq(mkdir(pb_arena_printf(&arena, "%s/managers", cache), 0755), 0);
    const char *folder = pb_arm_fetched_dir(&arena, cache, &managers[1], "2.0.0");
    cr_assert_eq(mkdir(folder, 0755), 0);
    const char *path = pb_arena_printf(&arena, "%s/bin.sh", folder);
    FILE *script = fopen(path, "w");
    cr_assert_not_null(script);
    fputs("#!/bin/sh\necho 2.0.0\n", script);
    fclose(script);
    cr_assert_eq(chmod(path, 0755), 0);

    cr_assert_eq(make(&arena, "got@2.0.0", cache, &arm, &err), 0, "%s", err.msg);
    cr_assert_not_null(arm.binary, "%s", arm.missing);
    cr_expect_str_eq(arm.version, "2.0.0");
    cr_assert_eq(make(&arena, "got", cache, &arm, &err), 0);
    cr_expect_null(arm.binary);
    cr_expect(strstr(arm.missing, "managers fetch got"), "%s", arm.missing);
    remove_data_dir(cache);
    pb_arena_release(&arena);
}

Test(arm, a_missing_or_mute_binary_is_told)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_arm arm;
    cr_assert_eq(make(&arena, "fake", "/nonexistent", &arm, &err), 0);
    cr_expect_null(arm.binary);
    cr_expect(strstr(arm.missing, "not on PATH"), "%s", arm.missing);
    char *dir = script_dir("mute", "#!/bin/sh\nexit 3\n");
    cr_assert_eq(make(&arena, pb_arena_printf(&arena, "m=fake:%s/mute", dir), "/x", &arm, &err), 0);
    cr_expect_null(arm.binary);
    cr_expect(strstr(arm.missing, "does not tell its version"), "%s", arm.missing);
    remove_data_dir(dir);
    pb_arena_release(&arena);
}

Test(arm, malformed_texts_are_usage_errors)
{
    static const char *const texts[] = {
        "", "=fake", "a/b=fake", "x=", "none", "x=fake,NOVALUE", "x=fake,=1", "-x=fake"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        struct pb_err err = PB_ERR_INIT;
        struct pb_arm arm;
        cr_expect_eq(make(&arena, texts[i], "/x", &arm, &err), -1, "\"%s\" was accepted", texts[i]);
        cr_expect_eq(err.code, PB_E_USAGE);
        pb_arena_release(&arena);
    }
}

static const struct {
    const char *variable;
    bool known;
} variables[] = {{"FAKE_MODE", true},    {"FAKE_MOED", false},   {"CONFIG_LEVEL", true},
                 {"CONFIGLEVEL", false}, {"NODE_OPTIONS", true}, {"LD_PRELOAD", true}};

Test(arm, variable_that_the_program_cannot_read)
{
    static const char *const families[] = {"CONFIG_*", NULL};
    static const struct pb_manager manager = {.name = "m", .reads_env = families};
    char *dir = make_data_dir("program", "#!/bin/sh\necho $FAKE_MODE\n");
    char path[512];
    snprintf(path, sizeof path, "%s/program", dir);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        struct pb_kv env = {variables[i].variable, "1"};
        struct pb_arm arm = {.manager = &manager, .binary = path, .env = &env, .env_count = 1};
        const char *unknown = pb_arm_unknown_variable(&arm);
        cr_expect_eq(unknown == NULL, variables[i].known, "%s", variables[i].variable);
        arm.node = "/bin/node";
        cr_expect_null(pb_arm_unknown_variable(&arm));
    }
    remove_data_dir(dir);
}
