/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "base/mem.h"
#include "installer/config/config.h"
#include "installer/config/default_registry.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder with home/, project/ and global files; texts NULL: no such file. */
struct place {
    char *dir, project[512], env_home[512], env_prefix[600];
};

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[600];
    struct pb_err err = PB_ERR_INIT;
    if (!text) return;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    cr_assert_eq(pb_write_file(AT_FDCWD, path, pb_str(text), 0600, &err), 0, "%s", err.msg);
}

static struct place make_place(const char *project, const char *user, const char *global)
{
    struct place p = {0};
    struct pb_err err = PB_ERR_INIT;
    char etc[600];
    cr_assert_eq(pb_make_temp_dir("/tmp", "config-", &p.dir, &err), 0, "%s", err.msg);
    snprintf(p.project, sizeof p.project, "%s/project", p.dir);
    snprintf(etc, sizeof etc, "%s/etc", p.dir);
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, p.project, &err), 0);
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, etc, &err), 0);
    write_file(p.project, ".npmrc", project);
    write_file(p.dir, ".npmrc", user);
    write_file(etc, "npmrc", global);
    snprintf(p.env_home, sizeof p.env_home, "HOME=%s", p.dir);
    snprintf(p.env_prefix, sizeof p.env_prefix, "PREFIX=%s", p.dir);
    return p;
}

static void remove_place(struct place *p)
{
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pb_remove_tree(AT_FDCWD, p->dir, &err), 0, "%s", err.msg);
    free(p->dir);
}

/* `env`: up to 8 more variables. No npm is found, so no built-in file of a machine is read. */
static struct pl_config *load(struct place *p, const char *const *cli, const char *const *env)
{
    const char *envp[12] = {p->env_home, p->env_prefix};
    for (size_t i = 0; env && env[i]; i++)
        envp[2 + i] = env[i];
    struct pl_config_sources sources = {p->project, cli, envp};
    struct pb_err err = PB_ERR_INIT;
    setenv("PATH", p->dir, 1);
    struct pl_config *c = pl_config_load(&sources, &err);
    cr_assert_not_null(c, "%s", err.msg);
    return c;
}

Test(config, stronger_sources_win)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e"};
    static const char *const expected[] = {"cli", "env", "project", "user", "global"};
    static const char *const cli[] = {"a=cli", "flag", NULL};
    static const char *const env[] = {"npm_config_a=env", "npm_config_b=env", NULL};
    struct place p = make_place("a=project\nb=project\nc=project", "a=user\nb=user\nc=user\nd=user",
                                "a=global\nb=global\nc=global\nd=global\ne=global");
    struct pl_config *c = load(&p, cli, env);
    for (size_t i = 0; i < 5; i++) {
        const char *value = pl_config_get(c, keys[i]);
        cr_assert_not_null(value, "%s", keys[i]);
        cr_expect_str_eq(value, expected[i]);
    }
    cr_expect(pl_config_bool(c, "flag", false), "a bare command line key is true");
    cr_expect_null(pl_config_get(c, "unset"));
    pl_config_free(c);
    remove_place(&p);
}

/* Behind npm's link on PATH. */
Test(config, npm_s_own_file_is_the_weakest)
{
    struct place p = make_place(NULL, NULL, "a=global");
    struct pb_err err = PB_ERR_INIT;
    char folder[600], link[600];
    snprintf(folder, sizeof folder, "%s/npm/bin", p.dir);
    snprintf(link, sizeof link, "%s/npm", p.dir);
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, folder, &err), 0);
    write_file(p.dir, "npm/bin/npm-cli.js", "#!/bin/sh\n");
    write_file(p.dir, "npm/npmrc", "a=builtin\nb=builtin");
    snprintf(folder, sizeof folder, "%s/path", p.dir);
    snprintf(link, sizeof link, "%s/path/npm", p.dir);
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, folder, &err), 0);
    cr_assert_eq(symlink("../npm/bin/npm-cli.js", link), 0);
    snprintf(link, sizeof link, "%s/npm/bin/npm-cli.js", p.dir);
    cr_assert_eq(chmod(link, 0755), 0);
    const char *const envp[] = {p.env_home, p.env_prefix, NULL};
    const struct pl_config_sources sources = {p.project, NULL, envp};
    setenv("PATH", folder, 1);
    struct pl_config *c = pl_config_load(&sources, &err);
    cr_assert_not_null(c, "%s", err.msg);
    cr_expect_str_eq(pl_config_get(c, "a"), "global");
    cr_expect_str_eq(pl_config_get(c, "b"), "builtin");
    pl_config_free(c);
    remove_place(&p);
}

Test(config, environment_names_are_normalised)
{
    static const char *const env[] = {"NPM_CONFIG_Fetch_Retries=7",
                                      "npm_config__auth=x",
                                      "npm_config_empty=",
                                      "npm_config_//registry.example/:_authToken=T",
                                      "npm_config_@S:registry=http://registry.example",
                                      "npm_configx=1",
                                      NULL};
    struct place p = make_place(NULL, "empty=user", NULL);
    struct pl_config *c = load(&p, NULL, env);
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pl_config_long(c, "fetch-retries", 0), 7);
    cr_expect_str_eq(pl_config_get(c, "_auth"), "x");
    cr_expect_str_eq(pl_config_get(c, "empty"), "user");
    cr_expect_str_eq(pl_config_authorization(c, "http://registry.example/x"), "Bearer T");
    cr_expect_str_eq(pl_config_registry(c, PB_LIT("@s/x"), &err), "http://registry.example/");
    pl_config_free(c);
    remove_place(&p);
}

/* npm's parse-field cases that do not depend on types plumb has not. */
static const struct {
    const char *text;
    bool as_bool;
    long as_long; /* -1: the fallback */
} values[] = {
    {"true", true, -1},  {"false", false, -1},
    {"null", false, -1}, {"0", false, 0},
    {"1", true, 1},      {"1234", true, 1234},
    {"12x", true, -1},   {"yes", true, -1},
    {"-5", true, -5},    {"99999999999999999999", true, -1},
};

Test(config, booleans_and_numbers)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct place p = make_place(NULL, NULL, NULL);
        char setting[64];
        snprintf(setting, sizeof setting, "key=%s", values[i].text);
        const char *cli[] = {setting, NULL};
        struct pl_config *c = load(&p, cli, NULL);
        cr_expect_eq(pl_config_bool(c, "key", !values[i].as_bool), values[i].as_bool, "%s",
                     setting);
        cr_expect_eq(pl_config_long(c, "key", -1), values[i].as_long, "%s", setting);
        cr_expect_eq(pl_config_long(c, "other", 3), 3);
        cr_expect(pl_config_bool(c, "other", true));
        pl_config_free(c);
        remove_place(&p);
    }
}

Test(config, null_hides_weaker_sources)
{
    struct place p = make_place("proxy=null", "proxy=http://proxy.example", NULL);
    struct pl_config *c = load(&p, NULL, NULL);
    cr_expect_null(pl_config_get(c, "proxy"));
    pl_config_free(c);
    remove_place(&p);
}

Test(config, lists_are_joined)
{
    struct place p = make_place("omit[]=dev\nomit[]=optional\nomit[]= peer ", NULL, NULL);
    struct pl_config *c = load(&p, NULL, NULL);
    const char *list = pl_config_get(c, "omit");
    cr_assert_str_eq(list, "dev\n\noptional\n\npeer");
    static const char *const expected[] = {"dev", "optional", "peer"};
    struct pb_str item;
    for (size_t i = 0; i < 3; i++) {
        cr_assert(pl_config_next_item(&list, &item));
        cr_expect(pb_str_is(item, expected[i]));
    }
    cr_expect_not(pl_config_next_item(&list, &item));
    pl_config_free(c);
    remove_place(&p);
}

Test(config, paths_are_resolved)
{
    char cwd[4096], expected[4200];
    cr_assert_not_null(getcwd(cwd, sizeof cwd));
    struct place p = make_place("cafile=~/ca.pem\ncache=below\nother=~/x", NULL, NULL);
    struct pl_config *c = load(&p, NULL, NULL);
    snprintf(expected, sizeof expected, "%s/ca.pem", p.dir);
    cr_expect_str_eq(pl_config_get(c, "cafile"), expected);
    snprintf(expected, sizeof expected, "%s/below", cwd);
    cr_expect_str_eq(pl_config_get(c, "cache"), expected);
    cr_expect_str_eq(pl_config_get(c, "other"), "~/x");
    pl_config_free(c);
    remove_place(&p);
}

Test(config, userconfig_names_another_file)
{
    struct place p = make_place(NULL, "a=wrong", NULL);
    write_file(p.dir, "mine", "a=right");
    char setting[600];
    snprintf(setting, sizeof setting, "npm_config_userconfig=%s/mine", p.dir);
    const char *env[] = {setting, NULL};
    struct pl_config *c = load(&p, NULL, env);
    cr_expect_str_eq(pl_config_get(c, "a"), "right");
    pl_config_free(c);
    remove_place(&p);
}

Test(config, unreadable_file_is_an_error)
{
    struct place p = make_place(NULL, NULL, NULL);
    char path[600];
    snprintf(path, sizeof path, "%s/.npmrc", p.project);
    cr_assert_eq(mkdir(path, 0700), 0);
    const char *envp[] = {p.env_home, p.env_prefix, NULL};
    struct pl_config_sources sources = {p.project, NULL, envp};
    struct pb_err err = PB_ERR_INIT;
    cr_expect_null(pl_config_load(&sources, &err));
    cr_expect(pb_err_is_set(&err));
    remove_place(&p);
}

Test(config, registry_per_scope)
{
    struct place p = make_place("registry=http://registry.example/npm\n"
                                "@scope:registry=http://scope.example/",
                                NULL, NULL);
    struct pl_config *c = load(&p, NULL, NULL);
    struct pb_err err = PB_ERR_INIT;
    cr_expect_str_eq(pl_config_registry(c, PB_LIT("a"), &err), "http://registry.example/npm/");
    cr_expect_str_eq(pl_config_registry(c, PB_LIT("@scope/a"), &err), "http://scope.example/");
    cr_expect_str_eq(pl_config_registry(c, PB_LIT("@other/a"), &err),
                     "http://registry.example/npm/");
    pl_config_free(c);
    remove_place(&p);
}

Test(config, authorization_follows_the_registry_host_only)
{
    struct place p = make_place("registry=http://registry.example/npm/\n"
                                "//registry.example/npm/:_authToken=${TOKEN}",
                                NULL, NULL);
    static const char *const env[] = {"TOKEN=t", NULL};
    struct pl_config *c = load(&p, NULL, env);
    cr_expect_str_eq(pl_config_authorization(c, "http://registry.example/npm/a"), "Bearer t");
    cr_expect_str_eq(pl_config_authorization(c, "http://registry.example/files/a.tgz"), "Bearer t",
                     "tarballs beside the registry");
    cr_expect_null(pl_config_authorization(c, "http://cdn.example/npm/a.tgz"));
    cr_expect_null(pl_config_authorization(c, "http://registry.example:81/npm/a.tgz"));
    cr_expect_null(pl_config_authorization(c, "https://registry.example/files/a.tgz"));
    pl_config_free(c);
    remove_place(&p);
}

/* A repository's .npmrc must not send variables of the environment to a place of its choice. */
Test(config, project_destinations_are_not_expanded)
{
    static const char *const env[] = {"SECRET=s3cret", NULL};
    static const char text[] = "registry=http://${SECRET}.example/\n"
                               "@x:registry=http://registry.example/${SECRET}/\n"
                               "proxy=http://${SECRET}/\nother=${SECRET}\n"
                               "//${SECRET}/:_authToken=t\n";
    struct place p = make_place(text, NULL, NULL);
    struct pl_config *c = load(&p, NULL, env);
    struct pb_err err = PB_ERR_INIT;
    cr_expect_null(pl_config_registry(c, PB_LIT("a"), &err));
    cr_expect_eq(err.code, PB_E_BAD_INPUT);
    pb_err_clear(&err);
    cr_expect_null(pl_config_registry(c, PB_LIT("@x/a"), &err));
    cr_expect_str_eq(pl_config_get(c, "proxy"), "http://${SECRET}/");
    cr_expect_str_eq(pl_config_get(c, "other"), "s3cret");
    cr_expect_null(pl_config_authorization(c, "http://s3cret/"));
    pl_config_free(c);
    remove_place(&p);

    p = make_place(NULL, text, NULL); /* the user's own file may do so */
    c = load(&p, NULL, env);
    pb_err_clear(&err);
    cr_expect_str_eq(pl_config_registry(c, PB_LIT("a"), &err), "http://s3cret.example/");
    pl_config_free(c);
    remove_place(&p);
}

/* A program of the name npm that prints `text`, first on PATH. */
static void fake_npm(struct place *p, const char *text)
{
    char script[256], path[600];
    snprintf(script, sizeof script, "#!/bin/sh\n[ \"$*\" = 'config get registry' ] && echo '%s'\n",
             text);
    write_file(p->dir, "npm", script);
    snprintf(path, sizeof path, "%s/npm", p->dir);
    cr_assert_eq(chmod(path, 0755), 0);
    setenv("PATH", p->dir, 1);
}

Test(default_registry, npm_is_asked_when_nothing_was_built_in)
{
    struct place p = make_place(NULL, NULL, NULL);
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    fake_npm(&p, "http://registry.example/");
    const char *got = pl_default_registry(&arena, "", NULL, &err);
    cr_assert_not_null(got, "%s", err.msg);
    cr_expect_str_eq(got, "http://registry.example/");
    got = pl_default_registry(&arena, "http://built-in.example/", NULL, &err);
    cr_expect_str_eq(got, "http://built-in.example/", "what was built in is not asked again");
    fake_npm(&p, "undefined");
    cr_expect_null(pl_default_registry(&arena, "", NULL, &err));
    cr_expect_eq(err.code, PB_E_BAD_INPUT);
    pb_arena_release(&arena);
    remove_place(&p);
}

Test(default_registry, without_npm_the_error_says_how_to_set_one)
{
    struct place p = make_place(NULL, NULL, NULL);
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    setenv("PATH", p.dir, 1);
    cr_expect_null(pl_default_registry(&arena, "", NULL, &err));
    cr_expect_not_null(strstr(err.msg, "--registry"), "%s", err.msg);
    pb_arena_release(&arena);
    remove_place(&p);
}
