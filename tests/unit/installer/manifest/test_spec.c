/* SPDX-License-Identifier: MIT */
#include "installer/manifest/spec.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))
static const char where[] = "/test/a/b";
static struct pb_arena arena;

static void set_home(void)
{
    cr_assert_eq(setenv("HOME", "/users/me", 1), 0);
}

static void release(void)
{
    pb_arena_release(&arena);
}

TestSuite(spec, .init = set_home, .fini = release);

struct spec_row {
    const char *text;
    enum pl_spec_kind kind;
    const char *name, *fetch, *committish;
};

static void check(const struct spec_row *row, struct pb_str name)
{
    struct pl_spec spec;
    struct pb_err err = PB_ERR_INIT;
    int rc = pl_spec_parse(&arena, name, pb_str(row->text), where, &spec, &err);
    cr_assert_eq(rc, 0, "%s: %s", row->text, err.msg);
    cr_expect_eq(spec.kind, row->kind, "%s: kind %d, not %d", row->text, spec.kind, row->kind);
    cr_expect(pb_str_is(spec.name, row->name), "%s: name " PB_FMT, row->text, PB_ARG(spec.name));
    cr_expect(pb_str_is(spec.fetch, row->fetch), "%s: fetch " PB_FMT, row->text,
              PB_ARG(spec.fetch));
    cr_expect(pb_str_is(spec.committish, row->committish), "%s: committish " PB_FMT, row->text,
              PB_ARG(spec.committish));
}

static const struct spec_row argument_rows[] = {
#include "data/package_args.inc"
    {"@foo%2fbar@^1", PL_SPEC_RANGE, "@foo/bar", "^1", ""},
    {"@foo%2Fbar", PL_SPEC_RANGE, "@foo/bar", "*", ""},
    {"a.tar.gz", PL_SPEC_FILE, "", "/test/a/b/a.tar.gz", ""},
    {"./path/to/thing/package@1.2.3/", PL_SPEC_DIRECTORY, "",
     "/test/a/b/path/to/thing/package@1.2.3", ""},
    {"path/to/thing/package@1.2.3", PL_SPEC_DIRECTORY, "", "/test/a/b/path/to/thing/package@1.2.3",
     ""},
    {"/test%dir", PL_SPEC_DIRECTORY, "", "/test%dir", ""},
    {"gist:0123abc#v1", PL_SPEC_GIT, "", "https://gist.github.com/0123abc.git", "v1"},
    {"https://github.com/user/repo/tree/next", PL_SPEC_GIT, "", "https://github.com/user/repo.git",
     "next"},
    {"https://github.com/user/repo/archive/v1.tar.gz", PL_SPEC_REMOTE, "",
     "https://github.com/user/repo/archive/v1.tar.gz", ""},
    {"https://gitlab.com/group/sub/repo.git#a%20b", PL_SPEC_GIT, "",
     "https://gitlab.com/group/sub/repo.git", "a b"},
    {"git+https://token@www.github.com/user/repo", PL_SPEC_GIT, "",
     "https://token@github.com/user/repo.git", ""},
    {"github:user:token@user/repo", PL_SPEC_GIT, "", "https://github.com/user/repo.git", ""},
};

Test(spec, arguments)
{
    for (size_t i = 0; i < ROWS(argument_rows); i++)
        check(&argument_rows[i], (struct pb_str){0});
    printf("%zu rows\n", ROWS(argument_rows));
}

static const struct spec_row dependency_rows[] = {
    {"", PL_SPEC_RANGE, "foo", "", ""},
    {"*", PL_SPEC_RANGE, "foo", "*", ""},
    {"^1.2.3 || >= 3", PL_SPEC_RANGE, "foo", "^1.2.3 || >= 3", ""},
    {" 1.2.3 ", PL_SPEC_VERSION, "foo", "1.2.3", ""},
    {"next", PL_SPEC_TAG, "foo", "next", ""},
    {"a.tar.gz", PL_SPEC_FILE, "foo", "/test/a/b/a.tar.gz", ""},
    {"file:./a.tar.gz", PL_SPEC_FILE, "foo", "/test/a/b/a.tar.gz", ""},
    {"file:../../../../b", PL_SPEC_DIRECTORY, "foo", "/b", ""},
    {"FILE:x", PL_SPEC_DIRECTORY, "foo", "/test/a/b/x", ""},
    {"link:../x", PL_SPEC_DIRECTORY, "foo", "/test/a/x", ""},
    {"~/x", PL_SPEC_DIRECTORY, "foo", "/users/me/x", ""},
    {"~", PL_SPEC_TAG, "foo", "~", ""},
    {"workspace:*", PL_SPEC_WORKSPACE, "foo", "*", ""},
    {"workspace:^1.0.0", PL_SPEC_WORKSPACE, "foo", "^1.0.0", ""},
    {"workspace:../lib", PL_SPEC_WORKSPACE, "foo", "../lib", ""},
    {"git@github.com:u/r#v1", PL_SPEC_GIT, "foo", "ssh://git@github.com/u/r.git", "v1"},
    {"github.com:u/r", PL_SPEC_DIRECTORY, "foo", "/test/a/b/github.com:u/r", ""},
    {"e/2", PL_SPEC_GIT, "foo", "https://github.com/e/2.git", ""},
    {"git+http://host.example/x#y", PL_SPEC_GIT, "foo", "http://host.example/x", "y"},
    {"GIT+https://host.example/x", PL_SPEC_GIT, "foo", "https://host.example/x", ""},
    {"http://host.example/x.tgz?y=1", PL_SPEC_REMOTE, "foo", "http://host.example/x.tgz?y=1", ""},
};

Test(spec, dependencies)
{
    for (size_t i = 0; i < ROWS(dependency_rows); i++)
        check(&dependency_rows[i], PB_LIT("foo"));
    printf("%zu rows\n", ROWS(dependency_rows));
}

static const struct {
    const char *text, *name, *target;
    enum pl_spec_kind kind;
    const char *fetch;
} alias_rows[] = {
    {"foo@npm:bar", "foo", "bar", PL_SPEC_RANGE, "*"},
    {"foo@npm:bar@1.2.3", "foo", "bar", PL_SPEC_VERSION, "1.2.3"},
    {"foo@npm:@s/bar@next", "foo", "@s/bar", PL_SPEC_TAG, "next"},
    {"@x/foo@NPM:@s/bar@^2", "@x/foo", "@s/bar", PL_SPEC_RANGE, "^2"},
};

Test(spec, aliases)
{
    for (size_t i = 0; i < ROWS(alias_rows); i++) {
        struct pl_spec spec;
        struct pb_err err = PB_ERR_INIT;
        int rc = pl_spec_parse(&arena, (struct pb_str){0}, pb_str(alias_rows[i].text), where, &spec,
                               &err);
        cr_assert_eq(rc, 0, "%s", err.msg);
        cr_expect_eq(spec.kind, PL_SPEC_ALIAS);
        cr_expect(pb_str_is(spec.name, alias_rows[i].name));
        cr_expect(pl_spec_is_registry(&spec));
        cr_expect(pb_str_is(pl_spec_registry_name(&spec), alias_rows[i].target));
        cr_expect_eq(spec.sub->kind, alias_rows[i].kind);
        cr_expect(pb_str_is(spec.sub->fetch, alias_rows[i].fetch));
    }
}

static const struct {
    const char *name, *text;
} invalid_rows[] = {
    {"", "this is not a \t valid package name or url"},
    {"", "gopher://yea right"},
    {"", "foo@gopher://goodluckwiththat"},
    {"invalid/name", "1.0.0"},
    {"../evil", "1.0.0"},
    {"", "foo@npm:bar@npm:baz"},
    {"", "foo@npm:npm:baz"},
    {"", "foo@npm:"},
    {"", "foo@npm:foo/bar"},
    {"", "lodash.has@>=^4"},
    {"", "lodash.has @^4"},
    {"", "user/foo#1234::semver:^1.2.3"},
    {"", "user/foo#semver:^1.2.3::1234"},
    {"", "user/foo#path:skipped::path:dist"},
    {"", "user/foo#1234::5678"},
    {"", "user/foo#semver:^1.0.0::semver:^2.0.0"},
    {"foo", "jsr:@a/b"},
    {"foo", "catalog:"},
    {"foo", "http:x"},
};

Test(spec, invalid_ones_say_why)
{
    for (size_t i = 0; i < ROWS(invalid_rows); i++) {
        struct pl_spec spec;
        struct pb_err err = PB_ERR_INIT;
        int rc = pl_spec_parse(&arena, pb_str(invalid_rows[i].name), pb_str(invalid_rows[i].text),
                               where, &spec, &err);
        cr_expect_eq(rc, -1, "%s", invalid_rows[i].text);
        cr_expect_eq(err.code, PB_E_BAD_INPUT, "%s", invalid_rows[i].text);
        cr_expect_gt(strlen(err.msg), 10, "%s", err.msg);
    }
    printf("%zu rows\n", ROWS(invalid_rows));
}

Test(spec, zero_bytes_are_refused)
{
    struct pl_spec spec;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_spec_parse(&arena, PB_LIT("foo"), PB_LIT("./a\0b"), where, &spec, &err), -1);
}

Test(spec, without_a_base_paths_stay_relative)
{
    struct pl_spec spec;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(
        pl_spec_parse(&arena, PB_LIT("foo"), PB_LIT("file:./a/../../b/."), "", &spec, &err), 0);
    cr_assert(pb_str_is(spec.fetch, "../b"), PB_FMT, PB_ARG(spec.fetch));
    cr_assert_eq(pl_spec_parse(&arena, PB_LIT("foo"), PB_LIT("file:"), NULL, &spec, &err), 0);
    cr_assert(pb_str_is(spec.fetch, "."));
}

Test(spec, only_registry_kinds_are_asked_for)
{
    static const struct {
        const char *text;
        bool expected;
    } rows[] = {{"1.2.3", true},   {"^1", true},           {"latest", true},
                {"npm:x@1", true}, {"file:x", false},      {"x.tgz", false},
                {"a/b", false},    {"workspace:*", false}, {"https://h.example/x.tgz", false}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct pl_spec spec;
        struct pb_err err = PB_ERR_INIT;
        cr_assert_eq(pl_spec_parse(&arena, PB_LIT("foo"), pb_str(rows[i].text), where, &spec, &err),
                     0, "%s", err.msg);
        cr_expect_eq(pl_spec_is_registry(&spec), rows[i].expected, "%s", rows[i].text);
    }
}
