/* SPDX-License-Identifier: MIT */
#include "installer/manifest/manifest.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct pb_arena arena;

static void release(void)
{
    pb_arena_release(&arena);
}

TestSuite(manifest, .fini = release);

/* The tree is deleted before the manifest is looked at: nothing may point into it. */
static struct pl_manifest parse(const char *json)
{
    struct pl_manifest m;
    struct pb_err err = PB_ERR_INIT;
    cJSON *object = cJSON_Parse(json);
    cr_assert(object, "%s", json);
    cr_assert_eq(pl_manifest_from_json(&arena, object, &m, &err), 0, "%s", err.msg);
    cJSON_Delete(object);
    return m;
}

static const char *deps_text(const struct pl_deps *deps)
{
    const char *text = "";
    for (size_t i = 0; i < deps->n; i++) {
        text = pb_arena_printf(&arena, "%s%s" PB_FMT "=" PB_FMT, text, i ? " " : "",
                               PB_ARG(deps->items[i].name), PB_ARG(deps->items[i].spec));
    }
    return text;
}

static const char *strs_text(const struct pl_strs *strs)
{
    const char *text = "";
    for (size_t i = 0; i < strs->n; i++)
        text = pb_arena_printf(&arena, "%s%s" PB_FMT, text, i ? " " : "", PB_ARG(strs->items[i]));
    return text;
}

Test(manifest, reads_a_version_of_a_packument)
{
    struct pl_manifest m = parse(
        "{\"name\": \"@s/pkg\", \"version\": \"1.2.3\", \"bin\": \"./cli.js\","
        " \"dependencies\": {\"b\": \"^1\", \"a\": \"~2\"},"
        " \"devDependencies\": {\"d\": \"*\"},"
        " \"optionalDependencies\": {\"o\": \"1\"},"
        " \"engines\": {\"node\": \">=18\"}, \"license\": \"MIT\","
        " \"funding\": [{\"url\": \"https://f.example\"}],"
        " \"hasInstallScript\": true, \"_hasShrinkwrap\": true, \"deprecated\": \"use x\","
        " \"os\": [\"linux\", \"!win32\"], \"cpu\": \"x64\", \"libc\": [\"glibc\", 1],"
        " \"dist\": {\"tarball\": \"http://registry.example/pkg.tgz\", \"integrity\": \"sha512-x\","
        "   \"shasum\": \"abc\", \"unpackedSize\": 12345, \"fileCount\": 7}}");
    cr_expect(pb_str_is(m.name, "@s/pkg"));
    cr_expect(pb_str_is(m.version, "1.2.3"));
    cr_expect_str_eq(deps_text(&m.dependencies), "b=^1 a=~2");
    cr_expect_str_eq(deps_text(&m.dev_dependencies), "d=*");
    cr_expect_str_eq(deps_text(&m.optional_dependencies), "o=1");
    cr_expect_str_eq(deps_text(&m.bin), "pkg=cli.js");
    cr_expect(pb_str_is(m.bin_json, "{\"pkg\":\"cli.js\"}"));
    cr_expect(pb_str_is(m.engines_json, "{\"node\":\">=18\"}"));
    cr_expect(pb_str_is(m.license_json, "\"MIT\""));
    cr_expect(pb_str_is(m.funding_json, "[{\"url\":\"https://f.example\"}]"));
    cr_expect(m.has_install_script && m.has_shrinkwrap);
    cr_expect(pb_str_is(m.deprecated, "use x"));
    cr_expect_str_eq(strs_text(&m.os), "linux !win32");
    cr_expect_str_eq(strs_text(&m.cpu), "x64");
    cr_expect_str_eq(strs_text(&m.libc), "glibc");
    cr_expect(pb_str_is(m.tarball, "http://registry.example/pkg.tgz"));
    cr_expect(pb_str_is(m.integrity, "sha512-x"));
    cr_expect(pb_str_is(m.shasum, "abc"));
    cr_expect_eq(m.unpacked_bytes, 12345);
    cr_expect_eq(m.file_count, 7);
}

Test(manifest, everything_may_be_absent)
{
    struct pl_manifest m = parse("{}");
    cr_expect_eq(m.name.n, 0);
    cr_expect_eq(m.dependencies.n + m.bin.n + m.scripts.n + m.bundled.n + m.os.n, 0);
    cr_expect_null(m.deprecated.p);
    cr_expect_null(m.engines_json.p);
    cr_expect_null(m.bin_json.p);
    cr_expect_null(m.overrides_json.p);
    cr_expect_not(m.has_install_script);
}

Test(manifest, wrong_types_are_ignored)
{
    struct pl_manifest m = parse(
        "{\"name\": 1, \"version\": [], \"dependencies\": [\"a\"], \"devDependencies\": \"x\","
        " \"peerDependencies\": {\"p\": 1, \"q\": \"2\", \"r\": {\"s\": \"t\"}}, \"bin\": 7,"
        " \"scripts\": {\"install\": 1, \"test\": \"t\"}, \"os\": {\"a\": 1}, \"cpu\": 3,"
        " \"deprecated\": false, \"dist\": \"x\", \"funding\": {}, \"license\": null,"
        " \"engines\": [], \"bundleDependencies\": \"a\", \"workspaces\": \"a\","
        " \"hasInstallScript\": \"yes\", \"peerDependenciesMeta\": []}");
    cr_expect_eq(m.name.n + m.version.n, 0);
    cr_expect_eq(m.dependencies.n + m.dev_dependencies.n, 0);
    cr_expect_str_eq(deps_text(&m.peer_dependencies), "q=2");
    cr_expect_str_eq(deps_text(&m.scripts), "test=t");
    cr_expect_eq(m.bin.n + m.os.n + m.cpu.n + m.bundled.n + m.workspaces.n, 0);
    cr_expect(!m.deprecated.p && !m.funding_json.p && !m.license_json.p && !m.engines_json.p &&
              !m.peer_meta_json.p);
    cr_expect_not(m.has_install_script);
}

Test(manifest, optional_dependencies_win_over_dependencies)
{
    struct pl_manifest m = parse("{\"dependencies\": {\"a\": \"1\", \"b\": \"2\", \"c\": \"3\"},"
                                 " \"optionalDependencies\": {\"b\": \"^2\"}}");
    cr_expect_str_eq(deps_text(&m.dependencies), "a=1 c=3");
    cr_expect_str_eq(deps_text(&m.optional_dependencies), "b=^2");
}

Test(manifest, the_last_of_equal_names_counts)
{
    struct pl_manifest m = parse("{\"dependencies\": {\"a\": \"1\", \"b\": \"1\", \"a\": \"2\"},"
                                 " \"version\": \"1.0.0\", \"version\": \"2.0.0\"}");
    cr_expect_str_eq(deps_text(&m.dependencies), "a=2 b=1");
    cr_expect(pb_str_is(m.version, "2.0.0"));
}

Test(manifest, optional_peers)
{
    struct pl_manifest m = parse(
        "{\"peerDependencies\": {\"a\": \"1\", \"b\": \"2\"},"
        " \"peerDependenciesMeta\": {\"a\": {\"optional\": true}, \"b\": {\"optional\": false},"
        "   \"only-here\": {\"optional\": true}}}");
    cr_expect_str_eq(deps_text(&m.peer_dependencies), "a=1 b=2");
    cr_expect_str_eq(strs_text(&m.peer_optional), "a only-here");
    cr_expect(pb_str_is(m.peer_meta_json, "{\"a\":{\"optional\":true},\"b\":{\"optional\":false},"
                                          "\"only-here\":{\"optional\":true}}"));
}

static const struct {
    const char *json, *bundled;
} bundle_rows[] = {
    {"{\"bundleDependencies\": [\"a\", \"b\"]}", "a b"},
    {"{\"bundledDependencies\": [\"a\"]}", "a"},
    {"{\"bundleDependencies\": [\"a\"], \"bundledDependencies\": [\"b\"]}", "a"},
    {"{\"bundleDependencies\": true, \"dependencies\": {\"x\": \"1\", \"y\": \"2\"}}", "x y"},
    {"{\"bundleDependencies\": {\"a\": \"1\"}}", "a"},
    {"{\"bundleDependencies\": false, \"dependencies\": {\"x\": \"1\"}}", ""},
};

Test(manifest, bundled_dependencies)
{
    for (size_t i = 0; i < sizeof bundle_rows / sizeof bundle_rows[0]; i++) {
        struct pl_manifest m = parse(bundle_rows[i].json);
        cr_expect_str_eq(strs_text(&m.bundled), bundle_rows[i].bundled, "%s", bundle_rows[i].json);
    }
}

static const struct {
    const char *json;
    bool expected;
} script_rows[] = {
    {"{\"scripts\": {\"preinstall\": \"x\"}}", true},
    {"{\"scripts\": {\"install\": \"x\"}}", true},
    {"{\"scripts\": {\"postinstall\": \"x\"}}", true},
    {"{\"scripts\": {\"postinstall\": \"\"}}", false},
    {"{\"scripts\": {\"prepare\": \"x\", \"test\": \"y\"}}", false},
    {"{\"hasInstallScript\": true}", true},
    {"{\"hasInstallScript\": false}", false},
};

Test(manifest, install_scripts)
{
    for (size_t i = 0; i < sizeof script_rows / sizeof script_rows[0]; i++) {
        cr_expect_eq(parse(script_rows[i].json).has_install_script, script_rows[i].expected, "%s",
                     script_rows[i].json);
    }
}

Test(manifest, workspaces_overrides_and_deprecation)
{
    struct pl_manifest m = parse("{\"workspaces\": [\"a/*\", \"b\"], \"deprecated\": true,"
                                 " \"overrides\": {\"x\": {\".\": \"1\"}}}");
    cr_expect_str_eq(strs_text(&m.workspaces), "a/* b");
    cr_expect(pb_str_is(m.overrides_json, "{\"x\":{\".\":\"1\"}}"));
    cr_expect(m.deprecated.p && m.deprecated.n == 0);
    m = parse("{\"workspaces\": {\"packages\": [\"p/*\"]}, \"deprecated\": \"\"}");
    cr_expect_str_eq(strs_text(&m.workspaces), "p/*");
    cr_expect_null(m.deprecated.p);
}

Test(manifest, only_objects)
{
    struct pl_manifest m;
    struct pb_err err = PB_ERR_INIT;
    cJSON *list = cJSON_Parse("[]");
    cr_assert_eq(pl_manifest_from_json(&arena, list, &m, &err), -1);
    cr_assert_eq(err.code, PB_E_BAD_INPUT);
    cJSON_Delete(list);
}

static int load(const char *text, struct pl_manifest *m, struct pb_err *err)
{
    struct pb_err setup = PB_ERR_INIT;
    PB_AUTO_FD int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    cr_assert_geq(fd, 0);
    cr_assert_eq(pb_write_all(fd, text, strlen(text), &setup), 0, "%s", setup.msg);
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return pl_manifest_load(&arena, AT_FDCWD, path, m, err);
}

Test(manifest, loading_names_file_and_line)
{
    struct pl_manifest m;
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(load("\xef\xbb\xbf{\"name\": \"a\"}\n", &m, &err), 0, "%s", err.msg);
    cr_expect(pb_str_is(m.name, "a"));

    cr_expect_eq(load("{\n\"name\": oops}", &m, &err), -1);
    cr_expect(strstr(err.msg, ":2:"), "%s", err.msg);
    pb_err_clear(&err);
    cr_expect_eq(load("\n[]", &m, &err), -1);
    cr_expect(strstr(err.msg, ":2: expected an object"), "%s", err.msg);
    pb_err_clear(&err);
    cr_expect_eq(pl_manifest_load(&arena, AT_FDCWD, "no/such/package.json", &m, &err), -1);
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
    cr_expect(strstr(err.msg, "no/such/package.json"), "%s", err.msg);
}
